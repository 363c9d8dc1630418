package dev.dbosj.wait;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Hint;
import dev.dbosj.store.HintLine;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Bell;
import dev.dbosj.time.Seams;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is told to other processes after a commit, and what is heard from them. Only hints: whoever misses one finds out
 * at the next poll. Thread-safe; telling and listening are loops on threads of their own.
 */
public final class News {
    private static final Logger LOG = LoggerFactory.getLogger(News.class);
    private static final Duration BETWEEN_TELLINGS = Duration.ofMillis(5);
    private static final Duration LISTENING = Duration.ofSeconds(1);

    private final SystemDatabase database;
    private final Waiter waiter;
    private final HintLine line;
    private final Bell teller;
    private final Bell pause;
    private final Bell mending;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Hint> untold = EnumSet.noneOf(Hint.class);
    private final Map<Hint, Runnable> actions = new EnumMap<>(Hint.class);
    private volatile boolean closed;

    public News(SystemDatabase database, Waiter waiter, Seams seams) {
        this.database = database;
        this.waiter = waiter;
        this.line = database.listen();
        this.teller = new Bell(seams.time());
        this.pause = new Bell(seams.time());
        this.mending = new Bell(seams.time());
        actions.put(Hint.ARRIVAL, waiter::hint);
    }

    /** What to do when others give the hint. Before the loops begin. */
    public void on(Hint hint, Runnable action) {
        actions.put(hint, action);
    }

    /** Whether there is a line to other processes; without one the loops have nothing to do. */
    public boolean isConnected() {
        return line != null;
    }

    /** A workflow of this process has ended or set an event; that is committed. */
    public void arrived(Arrival arrival) {
        waiter.publish(arrival);
        tell(Hint.ARRIVAL);
    }

    /** This process has sent a message; that is committed. */
    public void sent(Awaited.Message message) {
        waiter.lookFor(message);
        tell(Hint.ARRIVAL);
    }

    /** Acts on the hint here, and tells the others. */
    public void share(Hint hint) {
        actions.getOrDefault(hint, () -> {}).run();
        tell(hint);
    }

    /** Tells the others, soon and without waiting. */
    public void tell(Hint hint) {
        if (line == null) return;
        lock.lock();
        try {
            if (!untold.add(hint)) return;
        } finally {
            lock.unlock();
        }
        teller.ring();
    }

    /** Tells until closed: many hints at once, and with a pause, because tellers of all processes wait for each other. */
    public void runTeller() {
        for (var hints = takeUntold(); !closed || !hints.isEmpty(); hints = takeUntold()) {
            if (hints.isEmpty()) teller.await();
            else tell(hints);
        }
    }

    private void tell(Set<Hint> hints) {
        try {
            database.announce(hints);
        } catch (SystemDatabaseException failure) {
            LOG.debug("a hint was not told, others find out by looking: {}", failure.getMessage());
        }
        pause.await(BETWEEN_TELLINGS);
    }

    private Set<Hint> takeUntold() {
        lock.lock();
        try {
            if (untold.isEmpty()) return Set.of();
            var hints = EnumSet.copyOf(untold);
            untold.clear();
            return hints;
        } finally {
            lock.unlock();
        }
    }

    /** Listens until closed. */
    public void runListener() {
        while (!closed) {
            try {
                for (var hint : line.await(LISTENING)) actions.getOrDefault(hint, () -> {}).run();
            } catch (SystemDatabaseException failure) {
                LOG.debug("nothing is heard from other processes, looking goes on: {}", failure.getMessage());
                mending.await(LISTENING);
            }
        }
    }

    /** Ends the loops, when the last hints are told. */
    public void close() {
        closed = true;
        teller.ring();
        pause.ring();
        mending.ring();
        if (line != null) line.close();
    }
}
