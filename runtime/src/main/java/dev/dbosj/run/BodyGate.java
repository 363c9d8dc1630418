package dev.dbosj.run;

/** Says whether this executor may still begin a step's body. */
@FunctionalInterface
public interface BodyGate {
    /**
     * Whether the lease under which the run was claimed is known to hold for a while yet, judged by this process's own
     * monotonic clock: a body must not begin when another executor may be about to take over.
     */
    boolean mayBegin(String executorId);
}
