package dev.dbosj.exceptions;

/** A workflow id is taken by a workflow of another name or another parent. */
public final class WorkflowConflictException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public WorkflowConflictException(String message) {
        super(message);
    }

    public WorkflowConflictException(String message, Throwable cause) {
        super(message, cause);
    }
}
