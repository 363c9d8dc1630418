package dev.dbosj.executor;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.Tick;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the workflows of dead executors claimable. A process that is certainly gone is dead at once. Otherwise an
 * executor is dead when its heartbeat is older than its lease and did not change while we had two heartbeats of our
 * own: after a pause of the database or a sleep of the machine everybody looks old.
 */
final class Takeover {
    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);
    private static final int BATCH = 500;
    private static final int BATCHES_PER_TICK = 10;
    private static final int OWN_HEARTBEATS = 2;

    private record Sighting(Instant heartbeat, int ownHeartbeats) {}

    private final SystemDatabase database;
    private final Runnable claimable;
    private final Map<String, Sighting> sightings = new HashMap<>();

    /** @param claimable called when there is something to claim */
    Takeover(SystemDatabase database, Runnable claimable) {
        this.database = database;
        this.claimable = claimable;
    }

    /** This executor could not beat for a while: perhaps nobody could, and all have to be observed anew. */
    void forget() {
        sightings.clear();
    }

    /**
     * Looks at the other executors.
     *
     * @param ownHeartbeat whether this tick was a successful heartbeat of our own
     */
    void observe(Tick tick, boolean ownHeartbeat) {
        var present = new HashSet<String>();
        for (var other : tick.others()) {
            present.add(other.executorId());
            var sighting = sightings.get(other.executorId());
            if (sighting == null || !sighting.heartbeat().equals(other.heartbeat())) sighting = new Sighting(other.heartbeat(), 0);
            else if (ownHeartbeat) sighting = new Sighting(other.heartbeat(), sighting.ownHeartbeats() + 1);
            sightings.put(other.executorId(), sighting);
            boolean late = other.heartbeat().plus(other.lease()).isBefore(tick.now());
            if (other.gone() || late && sighting.ownHeartbeats() >= OWN_HEARTBEATS) tryTakeOver(other);
        }
        sightings.keySet().retainAll(present);
    }

    /** What it was stopped in may still hold its workflows; our own heartbeats must not wait for that. */
    private void tryTakeOver(ExecutorInfo dead) {
        try {
            takeOver(dead);
        } catch (SystemDatabaseException failure) {
            if (failure.kind() != SystemDatabaseException.Kind.CONTENDED) throw failure;
            LOG.warn("executor {} is dead, but a transaction still holds its workflows; trying again: {}",
                    dead.executorId(), failure.getMessage());
        }
    }

    private void takeOver(ExecutorInfo dead) {
        int all = 0;
        // Bounded, because our own next heartbeat waits meanwhile; the rest is taken over after it.
        for (int batch = 0; batch < BATCHES_PER_TICK && all == batch * BATCH; batch++) {
            all += database.takeOver(dead, BATCH);
            claimable.run();
        }
        if (all > 0) LOG.info("took over {} workflows of executor {}, which is dead", all, dead.executorId());
    }
}
