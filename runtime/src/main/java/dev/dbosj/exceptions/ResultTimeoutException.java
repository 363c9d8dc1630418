package dev.dbosj.exceptions;

/** The awaited workflow had not ended in the given time; it goes on. */
public final class ResultTimeoutException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public ResultTimeoutException(String message) {
        super(message);
    }

    public ResultTimeoutException(String message, Throwable cause) {
        super(message, cause);
    }
}
