package dev.dbosj.exceptions;

/** An argument, result or error cannot be stored: a type that does not survive JSON, or too large. */
public final class PayloadException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public PayloadException(String message) {
        super(message);
    }

    public PayloadException(String message, Throwable cause) {
        super(message, cause);
    }
}
