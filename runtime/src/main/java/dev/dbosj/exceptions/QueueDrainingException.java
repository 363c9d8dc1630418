package dev.dbosj.exceptions;

/** A workflow was enqueued on a queue that is drained. */
public final class QueueDrainingException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public QueueDrainingException(String message) {
        super(message);
    }

    public QueueDrainingException(String message, Throwable cause) {
        super(message, cause);
    }
}
