package dev.dbosj.workflow;

/**
 * At most one workflow of a queue is active under a key: from its acceptance until it has ended.
 *
 * @param id the key, 1 to 255 characters, of one queue; workflows of other queues are not meant
 * @param policy what becomes of another one meanwhile
 */
public record Deduplication(String id, Policy policy) {
    /** What becomes of a workflow whose key is held. */
    public enum Policy {
        /** Refused, with a {@link dev.dbosj.exceptions.DuplicateWorkflowException}. */
        REJECT,
        /** Not started: who starts it gets a handle to the one that is active. */
        RETURN_EXISTING
    }

    public Deduplication {
        WorkflowOptions.requireName("deduplication id", id);
        if (policy == null) throw new IllegalArgumentException("the deduplication policy must not be null");
    }
}
