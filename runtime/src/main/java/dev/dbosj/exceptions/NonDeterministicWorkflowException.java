package dev.dbosj.exceptions;

/** The code asks for another operation than the one that was recorded under the same step number. */
public final class NonDeterministicWorkflowException extends DBOSException {
    private static final long serialVersionUID = 1L;

    public NonDeterministicWorkflowException(String message) {
        super(message);
    }

    public NonDeterministicWorkflowException(String message, Throwable cause) {
        super(message, cause);
    }
}
