package dev.dbosj.exceptions;

/** A workflow was not accepted: another one of its queue is active under the same deduplication id. */
public final class DuplicateWorkflowException extends DBOSException {
    private static final long serialVersionUID = 1L;

    private final String workflowId;

    /** @param workflowId the one that is active */
    public DuplicateWorkflowException(String message, String workflowId) {
        super(message);
        this.workflowId = workflowId;
    }

    /** The one that is active. */
    public String workflowId() {
        return workflowId;
    }
}
