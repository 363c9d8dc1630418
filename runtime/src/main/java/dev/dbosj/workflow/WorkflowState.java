package dev.dbosj.workflow;

/** Where a workflow stands. */
public enum WorkflowState {
    /** On its queue, waiting for an executor with a free slot. */
    ENQUEUED,
    /** On its queue, but not before a certain time. */
    DELAYED,
    /** Running on an executor, or waiting to be taken over from one that died. */
    PENDING,
    /** Returned. Final. */
    SUCCESS,
    /** Threw, without a {@link RetryPolicy}. Final. */
    ERROR,
    /** Stopped by a user; can be resumed. */
    CANCELLED,
    /**
     * The dead letter: its {@link RetryPolicy} has no further attempt for it, or it lost its executor too often without
     * getting ahead; can be redriven, or purged.
     */
    MAX_RECOVERY_ATTEMPTS_EXCEEDED;

    /** Whether whoever waits for the workflow has an answer. */
    public boolean isTerminal() {
        return switch (this) {
            case ENQUEUED, DELAYED, PENDING -> false;
            case SUCCESS, ERROR, CANCELLED, MAX_RECOVERY_ATTEMPTS_EXCEEDED -> true;
        };
    }
}
