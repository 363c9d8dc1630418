package dev.dbosj.exceptions;

/** A workflow that would have to be removed has not ended, or may still be running on a process that was stopped. */
public final class WorkflowActiveException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public WorkflowActiveException(String message) {
        super(message);
    }
}
