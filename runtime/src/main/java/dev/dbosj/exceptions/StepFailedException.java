package dev.dbosj.exceptions;

/** A step threw an exception whose type cannot be rebuilt from its record; the message names the type and the setting that makes it known. */
public final class StepFailedException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public StepFailedException(String message) {
        super(message);
    }

    public StepFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
