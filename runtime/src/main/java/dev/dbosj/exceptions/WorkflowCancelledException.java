package dev.dbosj.exceptions;

/** The awaited workflow was cancelled. */
public final class WorkflowCancelledException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public WorkflowCancelledException(String message) {
        super(message);
    }

    public WorkflowCancelledException(String message, Throwable cause) {
        super(message, cause);
    }
}
