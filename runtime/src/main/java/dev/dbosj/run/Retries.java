package dev.dbosj.run;

import dev.dbosj.workflow.StepOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** The attempts of one step: which one it is, whether there is another, how long it pauses before that. */
final class Retries {
    /** As many as the record of an exception keeps. */
    private static final int REMEMBERED_FAILURES = 10;

    private final StepOptions options;
    private int attempt = 1;
    private Deque<Throwable> earlier;

    Retries(StepOptions options) {
        this.options = options;
    }

    /** From 1. */
    int attempt() {
        return attempt;
    }

    /** Whether the attempt that failed is followed by another, which is then the current one. */
    boolean goOnAfter(Throwable failure) {
        if (attempt == options.maxAttempts() || !isWorthAnother(failure)) return false;
        if (earlier == null) earlier = new ArrayDeque<>();
        if (earlier.size() == REMEMBERED_FAILURES) earlier.removeFirst();
        earlier.addLast(failure);
        attempt++;
        return true;
    }

    private boolean isWorthAnother(Throwable failure) {
        try {
            return options.retryOn().test(failure) && !options.abortOn().test(failure);
        } catch (RuntimeException broken) { // boundary: user code
            failure.addSuppressed(broken);
            return false;
        }
    }

    /** The last failure with the earlier ones suppressed in it. */
    Throwable concluding(Throwable last) {
        if (earlier != null) earlier.stream().filter(failure -> failure != last).forEach(last::addSuppressed);
        return last;
    }

    /**
     * The pause before the current attempt.
     *
     * @param chance from 0 to 1; where the pause lies between (1 - jitter) and (1 + jitter) times the interval
     */
    Duration pause(double chance) {
        return new Backoff(options.interval(), options.backoffRate(), options.maxInterval(), options.jitter())
                .after(attempt - 1, chance);
    }
}
