package dev.dbosj.examples.agent;

/** The model gave no usable reply. */
class ModelException extends Exception {
    private static final long serialVersionUID = 1L;

    ModelException(String message) {
        super(message);
    }
}
