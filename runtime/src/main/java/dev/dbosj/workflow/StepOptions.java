package dev.dbosj.workflow;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A step's name and how often it is tried. Immutable; {@code StepOptions.named("fetch").maxAttempts(5)}.
 *
 * <p>Attempts are counted in memory: a crash in the middle starts them anew. The interval before attempt n + 1 is
 * {@code interval × backoffRate^(n − 1)}, at most {@code maxInterval}, varied by {@code jitter}.
 *
 * @param name the recorded name, 1 to 255 characters
 * @param maxAttempts how often the body is tried in all, 1 to 1,000; default 1
 * @param interval pause before the second attempt, up to a day; default 1 s
 * @param backoffRate factor from one pause to the next, 1 to 100; default 2
 * @param maxInterval the longest pause, up to a day; default an hour
 * @param jitter share of each pause, 0 to 1, that is varied at random; default 0.1
 * @param retryOn which exceptions are worth another attempt; default every {@link Exception}
 */
public record StepOptions(
        String name,
        int maxAttempts,
        Duration interval,
        double backoffRate,
        Duration maxInterval,
        double jitter,
        Predicate<? super Throwable> retryOn) {

    private static final Duration LONGEST = Duration.ofDays(1);

    public StepOptions {
        WorkflowOptions.requireName("step name", name);
        require(maxAttempts >= 1 && maxAttempts <= 1000, name, "maxAttempts %s is outside 1..1000", maxAttempts);
        require(isPause(interval), name, "interval %s is outside 0..%s", interval, LONGEST);
        require(isPause(maxInterval), name, "maxInterval %s is outside 0..%s", maxInterval, LONGEST);
        require(backoffRate >= 1 && backoffRate <= 100, name, "backoffRate %s is outside 1..100", backoffRate);
        require(jitter >= 0 && jitter <= 1, name, "jitter %s is outside 0..1", jitter);
        Objects.requireNonNull(retryOn, "retryOn");
    }

    /** One attempt, named. */
    public static StepOptions named(String name) {
        return new StepOptions(name, 1, Duration.ofSeconds(1), 2, Duration.ofHours(1), 0.1, Exception.class::isInstance);
    }

    public StepOptions maxAttempts(int maxAttempts) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn);
    }

    public StepOptions interval(Duration interval) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn);
    }

    public StepOptions backoffRate(double backoffRate) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn);
    }

    public StepOptions maxInterval(Duration maxInterval) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn);
    }

    public StepOptions jitter(double jitter) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn);
    }

    public StepOptions retryOn(Predicate<? super Throwable> retryOn) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn);
    }

    private static boolean isPause(Duration pause) {
        return pause != null && !pause.isNegative() && pause.compareTo(LONGEST) <= 0;
    }

    private static void require(boolean holds, String step, String message, Object... values) {
        if (!holds) throw new IllegalArgumentException("step '" + step + "': " + message.formatted(values));
    }
}
