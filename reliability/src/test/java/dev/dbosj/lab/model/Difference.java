package dev.dbosj.lab.model;

/** The engine did something else than the model. */
final class Difference extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Difference(String message) {
        super(message);
    }
}
