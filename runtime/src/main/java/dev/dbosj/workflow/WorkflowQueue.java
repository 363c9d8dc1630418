package dev.dbosj.workflow;

/**
 * The definition of a queue: first in, first out, with limits. Immutable; stored in the system database, so every
 * executor follows it.
 *
 * @param name 1 to 255 characters
 * @param workerConcurrency how many workflows of this queue one executor runs at once, 1 to 100,000; null (the default)
 *     for as many as the executor runs at all
 */
public record WorkflowQueue(String name, Integer workerConcurrency) {
    public WorkflowQueue {
        WorkflowOptions.requireName("queue name", name);
        if (workerConcurrency != null && (workerConcurrency < 1 || workerConcurrency > 100_000))
            throw new IllegalArgumentException("queue '%s': workerConcurrency %d is outside 1..100000".formatted(name, workerConcurrency));
    }

    /** A queue without limits. */
    public static WorkflowQueue named(String name) {
        return new WorkflowQueue(name, null);
    }

    public WorkflowQueue workerConcurrency(Integer workerConcurrency) {
        return new WorkflowQueue(name, workerConcurrency);
    }
}
