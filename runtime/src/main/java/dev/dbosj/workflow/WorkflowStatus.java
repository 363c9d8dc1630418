package dev.dbosj.workflow;

import java.time.Instant;

/**
 * What is recorded about a workflow. Payloads are JSON text. Absent values are null.
 *
 * @param workflowId its id
 * @param status where it stands
 * @param name the workflow's name; {@code name@instance} for an object registered under an instance name
 * @param queueName its queue, null if it was started directly
 * @param priority its priority in that queue, as it was given
 * @param partitionKey its partition of that queue
 * @param input {@code {"positionalArgs":[…]}}
 * @param output the result as JSON, once it is SUCCESS
 * @param error {@code {"name","message",…}}, once it is ERROR
 * @param executorId the executor that owns it now
 * @param epoch the number that the last claim gave to it
 * @param attempts how often it lost its executor since it last got ahead
 * @param parentId the workflow that started it
 * @param createdAt when it was accepted
 * @param delayUntil when it may begin or go on, while it is DELAYED
 * @param startedAt when it was last claimed
 * @param completedAt when it reached a terminal state
 */
public record WorkflowStatus(
        String workflowId,
        WorkflowState status,
        String name,
        String queueName,
        int priority,
        String partitionKey,
        String input,
        String output,
        String error,
        String executorId,
        long epoch,
        int attempts,
        String parentId,
        Instant createdAt,
        Instant delayUntil,
        Instant startedAt,
        Instant completedAt) {}
