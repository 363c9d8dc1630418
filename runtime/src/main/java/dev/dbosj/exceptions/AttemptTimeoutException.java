package dev.dbosj.exceptions;

/** An attempt of a workflow lasted longer than the attempt time-out of its queue, and was ended. */
public final class AttemptTimeoutException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public AttemptTimeoutException(String message) {
        super(message);
    }
}
