package dev.dbosj.workflow;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A step's name, how often it is tried, and how long an attempt may take. Immutable;
 * {@code StepOptions.named("fetch").maxAttempts(5).timeout(Duration.ofSeconds(10))}.
 *
 * <p>Attempts are counted in memory: a crash in the middle starts them anew. The interval before attempt n + 1 is
 * {@code interval × backoffRate^(n − 1)}, at most {@code maxInterval}, varied by {@code jitter}. When the attempts are
 * used up, the exception of the last one is the step's, with the last ten of the earlier ones suppressed in it.
 *
 * <p>An attempt that lasts longer than the time-out is interrupted, and fails with a
 * {@link dev.dbosj.exceptions.StepTimeoutException}, whatever it throws or returns after that; the exception is worth
 * another attempt as any other. The workflow waits until the body has ended: a body that ignores the interrupt cannot
 * be stopped. The time-out counts from the beginning of each attempt and does not include the pauses between them.
 *
 * @param name the recorded name, 1 to 255 characters
 * @param maxAttempts how often the body is tried in all, 1 to 1,000; default 1
 * @param interval pause before the second attempt, up to a day; default 1 s
 * @param backoffRate factor from one pause to the next, 1 to 100; default 2
 * @param maxInterval the longest pause, up to a day; default an hour
 * @param jitter share of each pause, 0 to 1, that is varied at random; default 0.1
 * @param retryOn which exceptions are worth another attempt; default every {@link Exception}. It sees the exception that
 *     the body threw; one that it throws itself ends the attempts.
 * @param abortOn which of these are not; default none
 * @param timeout how long an attempt may take, 1 ms to 30 days; null, the default, for as long as it takes
 */
public record StepOptions(
        String name,
        int maxAttempts,
        Duration interval,
        double backoffRate,
        Duration maxInterval,
        double jitter,
        Predicate<? super Throwable> retryOn,
        Predicate<? super Throwable> abortOn,
        Duration timeout) {

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final Duration SHORTEST_TIMEOUT = Duration.ofMillis(1);
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(30);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Predicate<Throwable> EXCEPTIONS = Exception.class::isInstance;
    private static final Predicate<Throwable> NONE = error -> false;

    public StepOptions {
        WorkflowOptions.requireName("step name", name);
        require(maxAttempts >= 1 && maxAttempts <= 1000, name, "maxAttempts %s is outside 1..1000", maxAttempts);
        require(isPause(interval), name, "interval %s is outside 0..%s", interval, LONGEST);
        require(isPause(maxInterval), name, "maxInterval %s is outside 0..%s", maxInterval, LONGEST);
        require(backoffRate >= 1 && backoffRate <= 100, name, "backoffRate %s is outside 1..100", backoffRate);
        require(jitter >= 0 && jitter <= 1, name, "jitter %s is outside 0..1", jitter);
        Objects.requireNonNull(retryOn, "retryOn");
        Objects.requireNonNull(abortOn, "abortOn");
        require(isTimeout(timeout), name, "timeout %s is outside %s..%s", timeout, SHORTEST_TIMEOUT, LONGEST_TIMEOUT);
    }

    /** One attempt, named, without a time-out. */
    public static StepOptions named(String name) {
        return new StepOptions(name, 1, SECOND, 2, HOUR, 0.1, EXCEPTIONS, NONE, null);
    }

    public StepOptions maxAttempts(int maxAttempts) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn, timeout);
    }

    public StepOptions interval(Duration interval) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn, timeout);
    }

    public StepOptions backoffRate(double backoffRate) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn, timeout);
    }

    public StepOptions maxInterval(Duration maxInterval) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn, timeout);
    }

    public StepOptions jitter(double jitter) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn, timeout);
    }

    public StepOptions retryOn(Predicate<? super Throwable> retryOn) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn, timeout);
    }

    public StepOptions abortOn(Predicate<? super Throwable> abortOn) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn, timeout);
    }

    public StepOptions timeout(Duration timeout) {
        return new StepOptions(name, maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn, timeout);
    }

    private static boolean isPause(Duration pause) {
        return pause != null && !pause.isNegative() && pause.compareTo(LONGEST) <= 0;
    }

    private static boolean isTimeout(Duration timeout) {
        return timeout == null || timeout.compareTo(SHORTEST_TIMEOUT) >= 0 && timeout.compareTo(LONGEST_TIMEOUT) <= 0;
    }

    private static void require(boolean holds, String step, String message, Object... values) {
        if (!holds) throw new IllegalArgumentException("step '" + step + "': " + message.formatted(values));
    }
}
