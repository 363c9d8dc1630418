package dev.dbosj.exceptions;

/** The awaited workflow threw, or is a dead letter; the cause is what it threw. */
public final class WorkflowFailedException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public WorkflowFailedException(String message) {
        super(message);
    }

    public WorkflowFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
