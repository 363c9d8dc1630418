package dev.dbosj.workflow;

/**
 * The definition of a queue: by priority, and first in, first out within one; with limits. Immutable; stored in the
 * system database, so every executor follows it.
 *
 * @param name 1 to 255 characters
 * @param concurrency how many workflows of this queue run at once on all executors together, 1 to 100,000; null (the
 *     default) for no limit. A workflow counts from its claim until its executor has let go of it, also after it was
 *     cancelled, or until it was taken over from a dead executor.
 * @param workerConcurrency how many workflows of this queue one executor runs at once, 1 to 100,000; null (the default)
 *     for as many as the executor runs at all
 */
public record WorkflowQueue(String name, Integer concurrency, Integer workerConcurrency) {
    private static final int MOST = 100_000;

    public WorkflowQueue {
        WorkflowOptions.requireName("queue name", name);
        requireLimit(name, "concurrency", concurrency);
        requireLimit(name, "workerConcurrency", workerConcurrency);
    }

    private static void requireLimit(String queue, String limit, Integer value) {
        if (value != null && (value < 1 || value > MOST))
            throw new IllegalArgumentException("queue '%s': %s %d is outside 1..%d".formatted(queue, limit, value, MOST));
    }

    /** A queue without limits. */
    public static WorkflowQueue named(String name) {
        return new WorkflowQueue(name, null, null);
    }

    public WorkflowQueue concurrency(Integer concurrency) {
        return new WorkflowQueue(name, concurrency, workerConcurrency);
    }

    public WorkflowQueue workerConcurrency(Integer workerConcurrency) {
        return new WorkflowQueue(name, concurrency, workerConcurrency);
    }
}
