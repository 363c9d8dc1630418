package dev.dbosj.simulation;

/** What simulated steps and workflows fail with; public, so that it can be rebuilt from a record. */
public final class ProgramException extends Exception {
    private static final long serialVersionUID = 1L;

    public ProgramException(String message) {
        super(message);
    }
}
