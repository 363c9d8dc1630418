package dev.dbosj.store;

/**
 * A workflow that was just claimed.
 *
 * @param owner the workflow and the epoch of this claim
 * @param uid the number of the workflow row
 * @param name the workflow's name
 * @param queueName its queue
 * @param partitionKey its partition; null for none
 * @param input arguments as JSON
 * @param attempts how often it lost its executor since it last got ahead
 * @param hasHistory whether it was ever claimed before, so that there may be checkpoints
 */
public record ClaimedWorkflow(
        Owner owner,
        long uid,
        String name,
        String queueName,
        String partitionKey,
        String input,
        int attempts,
        boolean hasHistory) {

    /** One without a partition. */
    public ClaimedWorkflow(
            Owner owner, long uid, String name, String queueName, String input, int attempts, boolean hasHistory) {
        this(owner, uid, name, queueName, null, input, attempts, hasHistory);
    }
}
