package dev.dbosj.commit;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import dev.dbosj.time.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes commands to their writers. There are two: what touches only rows of this executor goes one lane, and what may
 * have to wait for a transaction of a stranger goes the other, so that no checkpoint ever waits behind it. Thread-safe.
 */
public final class CommitQueue {
    private static final Logger LOG = LoggerFactory.getLogger(CommitQueue.class);

    final Lane owned;
    final Lane shared;

    public CommitQueue(Time time) {
        owned = new Lane(time);
        shared = new Lane(time);
    }

    /**
     * Appends a command to a run's chain and returns at once, unless too much of that run is under way already, or is
     * under way on the other lane.
     *
     * @param checkpoint null for none
     */
    public Pending submit(Chain chain, Checkpoint checkpoint, Effect effect) {
        var lane = effect.meetsStrangers() ? shared : owned;
        if (chain.isFull() || chain.isOnAnotherLaneThan(lane)) chain.barrier();
        var pending = new Pending(chain, checkpoint, effect);
        chain.appended(pending, lane);
        LOG.trace("handed in: {}", effect);
        lane.append(pending);
        return pending;
    }

    /** Commits an effect that belongs to no run, and waits for it. */
    public Outcome commit(Effect effect) {
        return submitOutside(effect).await();
    }

    /** The same without waiting. */
    public Pending submitOutside(Effect effect) {
        return submit(Chain.outside(), null, effect);
    }

    /** Lets a run go on after a refusal that was its own to handle; what came behind the refused command is lost. */
    public void reopen(Chain chain) {
        if (chain.lane() == null) return;
        chain.lane().reopen(chain);
        chain.reopened();
    }

    /** From now on nothing is accepted; the writers end when they have applied what waits. */
    public void close() {
        owned.close();
        shared.close();
    }
}
