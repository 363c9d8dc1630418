package dev.dbosj.workflow;

import java.time.Duration;

/**
 * The definition of a queue: by priority, and first in, first out within one; with limits. Immutable; stored in the
 * system database, so every executor follows it, within a second also when it is changed.
 *
 * <p>Workflows with a {@linkplain WorkflowOptions#partitionKey partition key} stand in a sub-queue of their own: the
 * partitions of a queue take turns, whatever their length, and each has limits of its own besides those of the queue.
 *
 * @param name 1 to 255 characters
 * @param limits for all workflows of the queue
 * @param partitionLimits for those of each partition key; workflows without a key are not meant
 * @param priorityAging by how much longer a workflow waits for each step of its priority number: one of priority 1 is
 *     overtaken by those of priority 0 that are enqueued within that time, and by no others. 1 millisecond to 1 hour;
 *     null (the default) to let lower numbers go first for ever. A change concerns what is enqueued after it.
 * @param bound how many workflows may wait on it; null (the default) for any number
 * @param retries what becomes of its workflows that throw, unless their {@link Workflow#maxAttempts()} says otherwise; null
 *     (the default) to let them end in {@link WorkflowState#ERROR}
 * @param attemptTimeout how long an attempt may take, from its claim to its end with all that it waits for, 1 ms to 30
 *     days; null (the default) for as long as it takes. One that lasts longer fails with an
 *     {@link dev.dbosj.exceptions.AttemptTimeoutException}, which is worth another attempt like any exception: its waits
 *     end, the body of its step is interrupted, and that step runs again, perhaps elsewhere. A body that ignores the
 *     interrupt cannot be stopped: until it has ended the workflow keeps its executor and its slot, so that no step is
 *     ever run twice at once. {@code DBOS.extendAttempt} gives an attempt more time.
 */
public record WorkflowQueue(
        String name,
        QueueLimits limits,
        QueueLimits partitionLimits,
        Duration priorityAging,
        QueueBound bound,
        RetryPolicy retries,
        Duration attemptTimeout) {
    private static final Duration SLOWEST_AGING = Duration.ofHours(1);
    private static final Duration LONGEST_ATTEMPT = Duration.ofDays(30);

    public WorkflowQueue {
        WorkflowOptions.requireName("queue name", name);
        if (priorityAging != null
                && (priorityAging.compareTo(Duration.ofMillis(1)) < 0 || priorityAging.compareTo(SLOWEST_AGING) > 0))
            throw new IllegalArgumentException(
                    "queue '%s': priorityAging %s is outside 1 ms to 1 hour".formatted(name, priorityAging));
        if (attemptTimeout != null
                && (attemptTimeout.compareTo(Duration.ofMillis(1)) < 0 || attemptTimeout.compareTo(LONGEST_ATTEMPT) > 0))
            throw new IllegalArgumentException(
                    "queue '%s': attemptTimeout %s is outside 1 ms to 30 days".formatted(name, attemptTimeout));
    }

    /** A queue without limits. */
    public static WorkflowQueue named(String name) {
        return new WorkflowQueue(name, QueueLimits.NONE, QueueLimits.NONE, null, null, null, null);
    }

    /** How many workflows of this queue run at once on all executors together; null for no limit. */
    public Integer concurrency() {
        return limits.concurrency();
    }

    /** The same with another {@link QueueLimits#concurrency()}. */
    public WorkflowQueue concurrency(Integer concurrency) {
        return limits(new QueueLimits(concurrency, limits.workerConcurrency(), limits.rate()));
    }

    /** How many workflows of this queue one executor runs at once; null for as many as it runs at all. */
    public Integer workerConcurrency() {
        return limits.workerConcurrency();
    }

    /** The same with another {@link QueueLimits#workerConcurrency()}. */
    public WorkflowQueue workerConcurrency(Integer workerConcurrency) {
        return limits(new QueueLimits(limits.concurrency(), workerConcurrency, limits.rate()));
    }

    /** The same with a {@link RateLimit}: in no window of that length more workflows of this queue are started. */
    public WorkflowQueue rateLimit(int starts, Duration period) {
        return limits(new QueueLimits(limits.concurrency(), limits.workerConcurrency(), new RateLimit(starts, period)));
    }

    /** The same with other limits for the whole queue. */
    public WorkflowQueue limits(QueueLimits limits) {
        return new WorkflowQueue(name, limits, partitionLimits, priorityAging, bound, retries, attemptTimeout);
    }

    /** The same with another {@link QueueLimits#concurrency()} of each partition. */
    public WorkflowQueue partitionConcurrency(Integer concurrency) {
        return partitionLimits(
                new QueueLimits(concurrency, partitionLimits.workerConcurrency(), partitionLimits.rate()));
    }

    /** The same with another {@link QueueLimits#workerConcurrency()} of each partition. */
    public WorkflowQueue partitionWorkerConcurrency(Integer workerConcurrency) {
        return partitionLimits(
                new QueueLimits(partitionLimits.concurrency(), workerConcurrency, partitionLimits.rate()));
    }

    /** The same with a {@link RateLimit} of each partition. */
    public WorkflowQueue partitionRateLimit(int starts, Duration period) {
        return partitionLimits(new QueueLimits(
                partitionLimits.concurrency(), partitionLimits.workerConcurrency(), new RateLimit(starts, period)));
    }

    /** The same with other limits for each partition. */
    public WorkflowQueue partitionLimits(QueueLimits partitionLimits) {
        return new WorkflowQueue(name, limits, partitionLimits, priorityAging, bound, retries, attemptTimeout);
    }

    /** The same with another {@link #priorityAging()}; null for none. */
    public WorkflowQueue priorityAging(Duration priorityAging) {
        return new WorkflowQueue(name, limits, partitionLimits, priorityAging, bound, retries, attemptTimeout);
    }

    /** How many accepted workflows may wait; null for any number. */
    public Integer maxDepth() {
        return bound == null ? null : bound.maxDepth();
    }

    /** The same, but full when so many wait: one more is refused with a {@link dev.dbosj.exceptions.QueueFullException}. */
    public WorkflowQueue maxDepth(int maxDepth) {
        return bound(QueueBound.reject(maxDepth));
    }

    /** The same, but full when so many wait: who enqueues one more waits for room, so long at the most. */
    public WorkflowQueue maxDepth(int maxDepth, Duration block) {
        return bound(QueueBound.block(maxDepth, block));
    }

    /** The same with another {@link #bound()}; null for none. */
    public WorkflowQueue bound(QueueBound bound) {
        return new WorkflowQueue(name, limits, partitionLimits, priorityAging, bound, retries, attemptTimeout);
    }

    /** The same with another {@link #retries()}; null for none. */
    public WorkflowQueue retries(RetryPolicy retries) {
        return new WorkflowQueue(name, limits, partitionLimits, priorityAging, bound, retries, attemptTimeout);
    }

    /** The same with another {@link #attemptTimeout()}; null for none. */
    public WorkflowQueue attemptTimeout(Duration attemptTimeout) {
        return new WorkflowQueue(name, limits, partitionLimits, priorityAging, bound, retries, attemptTimeout);
    }
}
