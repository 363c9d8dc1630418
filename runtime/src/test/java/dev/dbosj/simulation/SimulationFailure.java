package dev.dbosj.simulation;

/** A promise was broken, or the world does not come to rest. */
final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimulationFailure(String message) {
        super(message);
    }
}
