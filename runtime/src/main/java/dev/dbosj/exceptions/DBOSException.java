package dev.dbosj.exceptions;

/** The root of what dbosj throws. Messages say what happened, to which workflow, and what to do. */
public class DBOSException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DBOSException(String message) {
        super(message);
    }

    public DBOSException(String message, Throwable cause) {
        super(message, cause);
    }
}
