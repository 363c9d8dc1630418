package dev.dbosj.commit;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Bell;
import dev.dbosj.time.Seams;
import dev.dbosj.time.Signals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes for a lane: takes all that waits, applies it as one transaction, tells everybody their own
 * outcome. When the database is away it waits and tries again; nobody is blamed for that.
 */
public final class CommitWriter {
    private static final Logger LOG = LoggerFactory.getLogger(CommitWriter.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Lane lane;
    private final SystemDatabase database;
    private final Signals signals;
    private final Bell pause;
    private List<Pending> batch = List.of();
    private volatile boolean impatient;

    private CommitWriter(Lane lane, SystemDatabase database, Seams seams) {
        this.lane = lane;
        this.database = database;
        this.signals = seams.signals();
        this.pause = new Bell(seams.time());
    }

    /** The writer of all that concerns only this executor. */
    public static CommitWriter ofOwned(CommitQueue queue, SystemDatabase database, Seams seams) {
        return new CommitWriter(queue.owned, database, seams);
    }

    /** The writer of all that may have to wait for a stranger. */
    public static CommitWriter ofShared(CommitQueue queue, SystemDatabase database, Seams seams) {
        return new CommitWriter(queue.shared, database, seams);
    }

    /** Writes until the queue is closed and empty. */
    public void run() {
        for (batch = lane.take(); !batch.isEmpty(); batch = lane.take()) write(batch);
    }

    /** The writer has died: whoever waits for it hears that nothing was written. On the writer's thread. */
    public void abandon() {
        lane.abandon(batch);
    }

    /** Stops waiting for a database that is away; what it did not take is lost to this process, not to the next. */
    public void giveUp() {
        impatient = true;
        pause.ring();
    }

    private void write(List<Pending> batch) {
        signals.reached(Signals.Point.BATCH_READY, Integer.toString(batch.size()));
        var wait = FIRST_PAUSE;
        boolean unknown = false;
        while (true) {
            try {
                if (unknown) renew(batch);
                unknown = false;
                apply(batch);
                return;
            } catch (SystemDatabaseException failure) {
                if (failure.kind() == Kind.REFUSED) {
                    refuse(batch, failure);
                    return;
                }
                unknown |= failure.kind() == Kind.UNKNOWN_OUTCOME;
                if (impatient) {
                    lane.complete(batch, Collections.nCopies(batch.size(), new Outcome.Fenced(-1)));
                    return;
                }
                if (failure.kind() == Kind.CONTENDED && !unknown) {
                    stepAside(batch);
                    return;
                }
                warn(wait, failure);
                pause.await(wait);
                wait = wait.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? wait.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
    }

    private void apply(List<Pending> batch) {
        var outcomes = database.apply(batch.stream().map(Pending::command).toList());
        signals.reached(Signals.Point.BATCH_COMMITTED, Integer.toString(batch.size()));
        LOG.trace("committed {} commands", batch.size());
        lane.complete(batch, outcomes);
    }

    private static void warn(Duration wait, SystemDatabaseException failure) {
        if (wait.equals(FIRST_PAUSE) || wait.equals(LONGEST_PAUSE))
            LOG.warn("the system database does not take writes; workflows wait and go on by themselves: {}",
                    failure.getMessage());
    }

    /** Somebody holds a lock that one of them needs. That one waits behind the others, which do not wait for it. */
    private void stepAside(List<Pending> batch) {
        if (split(batch)) return;
        pause.await(FIRST_PAUSE);
        lane.putBack(batch);
    }

    /**
     * After a lost answer the batch may be there, may not, or may still come. Under raised epochs a late copy is fenced,
     * and applying it again is harmless: what is there already is answered as applied.
     */
    private void renew(List<Pending> batch) {
        var chains = new LinkedHashMap<String, Map<Owner, Chain>>();
        for (var pending : batch)
            if (pending.chain().owner() != null)
                chains.computeIfAbsent(pending.chain().executorId(), id -> new LinkedHashMap<>())
                        .put(pending.chain().owner(), pending.chain());
        chains.forEach((executorId, owners) ->
                database.renew(executorId, owners.keySet()).forEach((old, renewed) -> owners.get(old).renewed(renewed)));
    }

    /** Finds the command that cannot be stored. */
    private void refuse(List<Pending> batch, SystemDatabaseException failure) {
        if (split(batch)) return;
        if (batch.size() > 1) {
            // Behind the first, for that one may have to step aside.
            lane.putBack(batch.subList(1, batch.size()));
            write(batch.subList(0, 1));
        } else {
            lane.complete(batch, List.of(new Outcome.Refused(Outcome.Reason.BAD_DATA, failure.getMessage())));
        }
    }

    /** Writes a batch in two halves, divided between runs, never inside of one; false if there is only one run. */
    private boolean split(List<Pending> batch) {
        var runs = new LinkedHashMap<Chain, List<Pending>>();
        for (var pending : batch) runs.computeIfAbsent(pending.chain(), chain -> new ArrayList<>()).add(pending);
        if (runs.size() == 1) return false;
        var halves = List.of(new ArrayList<Pending>(), new ArrayList<Pending>());
        int run = 0;
        for (var pendings : runs.values()) halves.get(run++ % 2).addAll(pendings);
        halves.forEach(this::write);
        return true;
    }
}
