package dev.dbosj.exceptions;

/**
 * An attempt of a step lasted longer than the step's time-out, and its thread was interrupted. The cause is what the
 * body threw then, and so shows where it was; there is none if it returned a value after all, which is discarded.
 */
public final class StepTimeoutException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public StepTimeoutException(String message) {
        super(message);
    }

    public StepTimeoutException(String message, Throwable cause) {
        super(message, cause);
    }
}
