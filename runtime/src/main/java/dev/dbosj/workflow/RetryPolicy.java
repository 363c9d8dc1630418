package dev.dbosj.workflow;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What becomes of a workflow that throws: how often it is tried, and how long it waits in between. Immutable;
 * {@code RetryPolicy.attempts(5).interval(Duration.ofSeconds(10)).abortOn(IllegalArgumentException.class)}.
 *
 * <p>A further attempt replays what is recorded. The one recorded exception that was the workflow's undoing, its own
 * exception or among the causes of that, is forgotten, and that operation runs again; all other steps keep their
 * outcomes. If the workflow has gone on to other operations after it had seen that exception, it has handled it: then
 * running the operation again would contradict what came after it, and there is no further attempt. An exception of the
 * workflow's own code has no such operation: the attempt replays, and fails again unless something has changed.
 *
 * <p>When there is no further attempt, because they are used up, the exception is not worth one, or it was handled, the
 * workflow is a dead letter, {@link WorkflowState#MAX_RECOVERY_ATTEMPTS_EXCEEDED}: to be looked at, then redriven or
 * purged. So a workflow with a policy never ends in {@link WorkflowState#ERROR}. Each attempt's error is kept.
 *
 * <p>The wait before attempt n + 1 is {@code interval × backoffRate^(n − 1)}, at most {@code maxInterval}, varied by
 * {@code jitter}. Meanwhile the workflow is DELAYED and holds no slot; then any executor may go on with it.
 *
 * @param maxAttempts how often the workflow is tried in all, 1 to 1,000. What loses its executor was not tried to its end
 *     and does not count.
 * @param interval the wait before the second attempt, up to a day; default 1 s
 * @param backoffRate factor from one wait to the next, 1 to 100; default 2
 * @param maxInterval the longest wait, up to a day; default an hour
 * @param jitter share of each wait, 0 to 1, that is varied at random; default 0.1
 * @param retryOn names of exception classes that are worth another attempt, with all their subclasses; default
 *     {@code java.lang.Exception}. At most 100.
 * @param abortOn names of those which are not, although they are among those; default none. At most 100.
 */
public record RetryPolicy(
        int maxAttempts,
        Duration interval,
        double backoffRate,
        Duration maxInterval,
        double jitter,
        Set<String> retryOn,
        Set<String> abortOn) {

    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int MOST_NAMES = 100;

    public RetryPolicy {
        require(maxAttempts >= 1 && maxAttempts <= 1000, "maxAttempts %s is outside 1..1000", maxAttempts);
        require(isPause(interval), "interval %s is outside 0..%s", interval, LONGEST);
        require(isPause(maxInterval), "maxInterval %s is outside 0..%s", maxInterval, LONGEST);
        require(backoffRate >= 1 && backoffRate <= 100, "backoffRate %s is outside 1..100", backoffRate);
        require(jitter >= 0 && jitter <= 1, "jitter %s is outside 0..1", jitter);
        retryOn = names("retryOn", retryOn);
        abortOn = names("abortOn", abortOn);
    }

    private static boolean isPause(Duration pause) {
        return pause != null && !pause.isNegative() && pause.compareTo(LONGEST) <= 0;
    }

    /** In one order, whoever has written them: what is stored is compared as text. */
    private static SortedSet<String> names(String what, Set<String> names) {
        require(names.size() <= MOST_NAMES, "%s has %s names, %s are allowed", what, names.size(), MOST_NAMES);
        for (var name : names) WorkflowOptions.requireName(what, name);
        return Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    private static void require(boolean holds, String message, Object... values) {
        if (!holds) throw new IllegalArgumentException("retry policy: " + message.formatted(values));
    }

    /** So many attempts in all, of whatever {@link Exception} is thrown; after a second, two, four, … */
    public static RetryPolicy attempts(int maxAttempts) {
        return new RetryPolicy(
                maxAttempts, Duration.ofSeconds(1), 2, Duration.ofHours(1), 0.1, Set.of(Exception.class.getName()), Set.of());
    }

    /** The same with another wait before the second attempt. */
    public RetryPolicy interval(Duration interval) {
        return new RetryPolicy(maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn);
    }

    /** The same with another factor from one wait to the next. */
    public RetryPolicy backoffRate(double backoffRate) {
        return new RetryPolicy(maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn);
    }

    /** The same with another longest wait. */
    public RetryPolicy maxInterval(Duration maxInterval) {
        return new RetryPolicy(maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn);
    }

    /** The same with another share that is varied at random. */
    public RetryPolicy jitter(double jitter) {
        return new RetryPolicy(maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, abortOn);
    }

    /** The same for these exceptions alone, and their subclasses. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public final RetryPolicy retryOn(Class<? extends Throwable>... retryOn) {
        return new RetryPolicy(maxAttempts, interval, backoffRate, maxInterval, jitter, namesOf(retryOn), abortOn);
    }

    /** The same without these exceptions and their subclasses. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public final RetryPolicy abortOn(Class<? extends Throwable>... abortOn) {
        return new RetryPolicy(maxAttempts, interval, backoffRate, maxInterval, jitter, retryOn, namesOf(abortOn));
    }

    private static Set<String> namesOf(Class<? extends Throwable>[] types) {
        return Stream.of(types).map(Class::getName).collect(Collectors.toSet());
    }

    /**
     * Whether an exception is worth another attempt, by the names of its class and all of that class's superclasses. An
     * exception that could not be rebuilt goes by its recorded name too.
     */
    public boolean isWorthAnother(Collection<String> names) {
        return names.stream().anyMatch(retryOn::contains) && names.stream().noneMatch(abortOn::contains);
    }
}
