package dev.dbosj.examples.agent;

/** The model's server did not answer, or not now: asking again may help. */
final class ModelBusyException extends ModelException {
    private static final long serialVersionUID = 1L;

    ModelBusyException(String message) {
        super(message);
    }
}
