package dev.dbosj.exceptions;

/** No workflow has the given id. */
public final class NoSuchWorkflowException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public NoSuchWorkflowException(String message) {
        super(message);
    }

    public NoSuchWorkflowException(String message, Throwable cause) {
        super(message, cause);
    }
}
