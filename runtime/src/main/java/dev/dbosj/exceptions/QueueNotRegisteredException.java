package dev.dbosj.exceptions;

/** A workflow was enqueued on a queue that nobody has registered. */
public final class QueueNotRegisteredException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public QueueNotRegisteredException(String message) {
        super(message);
    }

    public QueueNotRegisteredException(String message, Throwable cause) {
        super(message, cause);
    }
}
