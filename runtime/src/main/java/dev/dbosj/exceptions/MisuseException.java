package dev.dbosj.exceptions;

/** A call of dbosj stands where it would not be durable; the message says where it belongs. */
public final class MisuseException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public MisuseException(String message) {
        super(message);
    }

    public MisuseException(String message, Throwable cause) {
        super(message, cause);
    }
}
