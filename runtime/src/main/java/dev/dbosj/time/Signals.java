package dev.dbosj.time;

/** Named points that do nothing in production and let a test wait, stop or kill exactly there. */
@FunctionalInterface
public interface Signals {
    /** Where the engine stands. */
    enum Point {
        /** A batch is about to be applied. */
        BATCH_READY,
        /** A batch is on disk, and nobody has been told. */
        BATCH_COMMITTED,
        /** Workflows were claimed, and none has begun. */
        LEASE_TAKEN,
        /** A step's body is about to begin. */
        STEP_BEGINS,
        /** A step's body has ended, and its outcome is not recorded. */
        STEP_ENDED
    }

    /** The engine has reached the point; {@code detail} is a workflow id, a step name or a count. */
    void reached(Point point, String detail);

    /** Does nothing. */
    static Signals none() {
        return (point, detail) -> {};
    }
}
