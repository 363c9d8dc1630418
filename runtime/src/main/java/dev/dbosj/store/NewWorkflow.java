package dev.dbosj.store;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A workflow to insert.
 *
 * @param workflowId its id
 * @param uid a number that nobody else draws; tells a repeat of the same insert from another workflow of the same id
 * @param name the workflow's name
 * @param queueName its queue
 * @param priority 0 or more; lower ones are claimed first, equal ones in the order of their acceptance
 * @param partitionKey its partition; null for none
 * @param delay how long after the insert it may be claimed; null for at once. It is DELAYED until then.
 * @param startAt when it may be claimed; null for at once or after the delay. It is DELAYED until then, if that is yet
 *     to come.
 * @param key the key that it is to hold; null for none
 * @param input arguments as JSON
 * @param parentId the workflow that starts it; null from outside
 * @param executorId the executor that claims it with the insert (PENDING, epoch 1, claimed before); null to leave it
 *     ENQUEUED (epoch 0). If that executor is not a living member any more, it is left ENQUEUED as well, but with
 *     epoch 1: that executor may believe that it runs it, and nobody else must be given the same epoch.
 */
public record NewWorkflow(
        String workflowId,
        long uid,
        String name,
        String queueName,
        int priority,
        String partitionKey,
        Duration delay,
        Instant startAt,
        WorkflowKey key,
        String input,
        String parentId,
        String executorId) {

    /** One that may be claimed at once or after a delay, without a key. */
    public NewWorkflow(
            String workflowId,
            long uid,
            String name,
            String queueName,
            int priority,
            String partitionKey,
            Duration delay,
            String input,
            String parentId,
            String executorId) {
        this(workflowId, uid, name, queueName, priority, partitionKey, delay, null, null, input, parentId, executorId);
    }

    /** An ordinary one, without a partition, to be claimed at once. */
    public NewWorkflow(
            String workflowId,
            long uid,
            String name,
            String queueName,
            int priority,
            String input,
            String parentId,
            String executorId) {
        this(workflowId, uid, name, queueName, priority, null, null, input, parentId, executorId);
    }

    /** When it is to wake if it is inserted now; null if it is not to sleep. */
    public Instant wakeAt(Instant now) {
        if (delay != null) return now.plus(delay);
        return startAt != null && startAt.isAfter(now) ? startAt.truncatedTo(ChronoUnit.MILLIS) : null;
    }

    /** The queue of workflows that were started directly: they are on it only after they lost their executor. */
    public static final String DIRECT_QUEUE = "_dbosj_direct";
}
