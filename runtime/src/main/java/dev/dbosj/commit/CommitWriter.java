package dev.dbosj.commit;

import dev.dbosj.exceptions.SystemDatabaseException;
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
 * The one thread that writes: takes all that waits, applies it as one transaction, tells everybody their own outcome.
 * When the database is away it waits and tries again; nobody is blamed for that.
 */
public final class CommitWriter {
    private static final Logger LOG = LoggerFactory.getLogger(CommitWriter.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final CommitQueue queue;
    private final SystemDatabase database;
    private final Signals signals;
    private final Bell pause;
    private List<Pending> batch = List.of();
    private volatile boolean impatient;

    public CommitWriter(CommitQueue queue, SystemDatabase database, Seams seams) {
        this.queue = queue;
        this.database = database;
        this.signals = seams.signals();
        this.pause = new Bell(seams.time());
    }

    /** Writes until the queue is closed and empty. */
    public void run() {
        for (batch = queue.take(); !batch.isEmpty(); batch = queue.take()) write(batch);
    }

    /** The writer has died: whoever waits for it hears that nothing was written. On the writer's thread. */
    public void abandon() {
        queue.abandon(batch);
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
                var outcomes = database.apply(batch.stream().map(Pending::command).toList());
                signals.reached(Signals.Point.BATCH_COMMITTED, Integer.toString(batch.size()));
                LOG.trace("committed {} commands", batch.size());
                queue.complete(batch, outcomes);
                return;
            } catch (SystemDatabaseException failure) {
                if (failure.kind() == SystemDatabaseException.Kind.REFUSED) {
                    refuse(batch, failure);
                    return;
                }
                unknown |= failure.kind() == SystemDatabaseException.Kind.UNKNOWN_OUTCOME;
                if (impatient) {
                    queue.complete(batch, Collections.nCopies(batch.size(), new Outcome.Fenced(-1)));
                    return;
                }
                if (wait.equals(FIRST_PAUSE) || wait.equals(LONGEST_PAUSE))
                    LOG.warn("the system database does not take writes; workflows wait and go on by themselves: {}", failure.getMessage());
                pause.await(wait);
                wait = wait.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? wait.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
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

    /** Finds the command that cannot be stored: batches are split along runs, never inside one, until one run is left. */
    private void refuse(List<Pending> batch, SystemDatabaseException failure) {
        var runs = new LinkedHashMap<Chain, List<Pending>>();
        for (var pending : batch) runs.computeIfAbsent(pending.chain(), chain -> new ArrayList<>()).add(pending);
        if (runs.size() > 1) {
            var halves = List.of(new ArrayList<Pending>(), new ArrayList<Pending>());
            int run = 0;
            for (var pendings : runs.values()) halves.get(run++ % 2).addAll(pendings);
            halves.forEach(this::write);
        } else if (batch.size() > 1) {
            write(batch.subList(0, 1));
            rest(batch);
        } else {
            queue.complete(batch, List.of(new Outcome.Refused(Outcome.Reason.BAD_DATA, failure.getMessage())));
        }
    }

    private void rest(List<Pending> batch) {
        var chain = batch.getFirst().chain();
        var rest = batch.subList(1, batch.size());
        if (chain.verdict == null) write(rest);
        else queue.complete(rest, Collections.nCopies(rest.size(), chain.verdict));
    }
}
