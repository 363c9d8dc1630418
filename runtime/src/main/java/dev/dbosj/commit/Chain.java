package dev.dbosj.commit;

import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import java.util.ArrayDeque;

/**
 * The commands of one run on their way to the database, in program order. The run's own thread appends; the writer
 * takes from the front. What has not been applied when a command fails will not be applied (prefix).
 */
public final class Chain {
    /** A run waits for its chain once so many of its commands are under way. */
    static final int MAX_IN_FLIGHT = 1000;

    /** A run waits for its chain once so many bytes of its commands are under way. */
    static final long MAX_BYTES_IN_FLIGHT = 1 << 20;

    private final String workflowId;
    private final String executorId;
    private volatile long epoch;

    // Guarded by the lock of the lane on which the chain is.
    final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    boolean queued;
    Outcome verdict;

    // Touched by the run's own thread alone.
    private Pending last;
    private Lane lane;
    private int inFlight;
    private long bytesInFlight;

    /** The chain of a run that the executor has claimed. */
    public Chain(Owner owner, String executorId) {
        this.workflowId = owner.workflowId();
        this.epoch = owner.epoch();
        this.executorId = executorId;
    }

    private Chain() {
        this.workflowId = null;
        this.executorId = null;
    }

    /** A chain for one command that belongs to no run. */
    static Chain outside() {
        return new Chain();
    }

    /** The run under the epoch that it has now; null outside of a run. */
    public Owner owner() {
        return workflowId == null ? null : new Owner(workflowId, epoch);
    }

    /** The executor that claimed the run. */
    public String executorId() {
        return executorId;
    }

    /** The writer has taken the run over from itself after a lost answer. */
    void renewed(Owner owner) {
        epoch = owner.epoch();
    }

    void appended(Pending pending, Lane lane) {
        last = pending;
        this.lane = lane;
        inFlight++;
        bytesInFlight += pending.bytes();
    }

    Lane lane() {
        return lane;
    }

    /** The order of a chain holds on one lane alone. */
    boolean isOnAnotherLaneThan(Lane next) {
        return lane != null && lane != next;
    }

    boolean isFull() {
        return inFlight >= MAX_IN_FLIGHT || bytesInFlight >= MAX_BYTES_IN_FLIGHT;
    }

    /** If everything was answered, the refusal that was the last answer is dealt with. */
    void reopened() {
        if (last == null || !last.isAnswered()) return;
        last = null;
        inFlight = 0;
        bytesInFlight = 0;
    }

    /** Waits until all commands have an answer; the last answer is that of the first that failed, if any did. */
    public Outcome barrier() {
        if (last == null) return Outcome.APPLIED;
        var outcome = last.await();
        inFlight = 0;
        bytesInFlight = 0;
        return outcome;
    }
}
