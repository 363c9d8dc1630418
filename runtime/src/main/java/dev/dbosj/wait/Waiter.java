package dev.dbosj.wait;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.WorkflowEvent;
import dev.dbosj.store.WorkflowMessage;
import dev.dbosj.store.WorkflowResult;
import dev.dbosj.time.Bell;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for results, events and messages on behalf of everybody: what happens in this process is published without asking the
 * database, and all the rest is asked for in one query. Whoever waits registers first and is then looked up, so nothing
 * is missed. Thread-safe; the loop runs on a thread of its own.
 */
public final class Waiter {
    private static final Logger LOG = LoggerFactory.getLogger(Waiter.class);
    private static final int PAGE = 1000;
    private static final int RESTS_PER_LOOK = 10;

    private final SystemDatabase database;
    private final Duration pollInterval;
    private final Time time;
    private final Bell bell;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Awaited, List<Awaiting>> awaited = new LinkedHashMap<>();
    private final Set<Awaited> unseen = new LinkedHashSet<>();
    private long looks;
    private volatile boolean hinted;
    private volatile boolean stopped;
    private volatile boolean closed;

    public Waiter(SystemDatabase database, Duration pollInterval, Time time) {
        this.database = database;
        this.pollInterval = pollInterval;
        this.time = time;
        this.bell = new Bell(time);
    }

    /**
     * Begins to wait.
     *
     * @param bell rung at each arrival
     */
    public Awaiting await(Collection<? extends Awaited> wanted, Bell bell) {
        Awaiting awaiting;
        lock.lock();
        try {
            awaiting = new Awaiting(this, new LinkedHashSet<>(wanted), bell, looks);
            for (var one : awaiting.awaited()) awaited.computeIfAbsent(one, key -> new ArrayList<>()).add(awaiting);
            unseen.addAll(awaiting.awaited());
        } finally {
            lock.unlock();
        }
        this.bell.ring();
        return awaiting;
    }

    /** Something has happened and is committed. */
    public void publish(Arrival arrival) {
        publish(arrival, Long.MAX_VALUE);
    }

    /** @param look the one that has seen it: whoever came later gets what a later one sees */
    private void publish(Arrival arrival, long look) {
        LOG.debug("arrived: {}", arrival);
        List<Awaiting> interested;
        lock.lock();
        try {
            var all = awaited.getOrDefault(arrival.answers(), List.of());
            interested = all.stream().filter(awaiting -> awaiting.beganBefore(look)).toList();
            if (isFinal(arrival)) forget(arrival.answers(), interested);
        } finally {
            lock.unlock();
        }
        interested.forEach(awaiting -> awaiting.arrived(arrival));
    }

    /** Whether it need not be asked for again. A cancelled workflow can be resumed, and a message be received. */
    private static boolean isFinal(Arrival arrival) {
        return switch (arrival) {
            case WorkflowResult result -> result.status() != WorkflowState.CANCELLED;
            case WorkflowEvent event -> true;
            case WorkflowMessage message -> false;
        };
    }

    /** It may be there now: if somebody waits for it, it is looked for at once. */
    public void lookFor(Awaited one) {
        lock.lock();
        try {
            if (!awaited.containsKey(one)) return;
            unseen.add(one);
        } finally {
            lock.unlock();
        }
        bell.ring();
    }

    /** Another process has hinted that something has arrived. */
    public void hint() {
        hinted = true;
        bell.ring();
    }

    void forget(Awaiting awaiting) {
        lock.lock();
        try {
            for (var one : awaiting.awaited()) forget(one, List.of(awaiting));
        } finally {
            lock.unlock();
        }
    }

    private void forget(Awaited one, List<Awaiting> content) {
        var waiting = awaited.get(one);
        if (waiting == null) return;
        waiting.removeAll(content);
        if (!waiting.isEmpty()) return;
        awaited.remove(one);
        unseen.remove(one);
    }

    /**
     * Looks until closed: for newcomers at once, for everything when a hint was heard or the poll interval has passed.
     * After a look at everything the next one rests for a while, so that hints never cost more than a share of the time.
     */
    public void run() {
        long nextPoll = time.nanos() + pollInterval.toNanos();
        long rested = time.nanos();
        while (!stopped) {
            long now = time.nanos();
            boolean due = now - nextPoll >= 0 || hinted && now - rested >= 0;
            if (due) hinted = false;
            var wanted = due ? everything() : newcomers();
            if (!wanted.isEmpty()) look(wanted);
            if (due) {
                long looked = time.nanos();
                nextPoll = looked + pollInterval.toNanos();
                rested = looked + RESTS_PER_LOOK * (looked - now);
            } else if (wanted.isEmpty()) {
                rest(Duration.ofNanos(Math.max(0, (hinted ? rested : nextPoll) - now)));
            }
        }
    }

    private void rest(Duration atMost) {
        bell.await(isIdle() ? null : atMost);
    }

    private void look(List<Awaited> wanted) {
        long look = looks; // counted by this thread alone
        try {
            for (int from = 0; from < wanted.size(); from += PAGE)
                for (var arrival : database.arrivals(wanted.subList(from, Math.min(wanted.size(), from + PAGE))))
                    publish(arrival, look);
        } catch (SystemDatabaseException failure) {
            LOG.debug("looking again in {}: {}", pollInterval, failure.getMessage());
        }
    }

    private List<Awaited> newcomers() {
        lock.lock();
        try {
            looks++;
            var wanted = List.copyOf(unseen);
            unseen.clear();
            return wanted;
        } finally {
            lock.unlock();
        }
    }

    private List<Awaited> everything() {
        lock.lock();
        try {
            looks++;
            unseen.clear();
            return List.copyOf(awaited.keySet());
        } finally {
            lock.unlock();
        }
    }

    private boolean isIdle() {
        lock.lock();
        try {
            return awaited.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the loop. Whoever still waits goes on waiting. */
    public void stop() {
        stopped = true;
        bell.ring();
    }

    /** Ends the loop; whoever still waits is rung, and sees that the runtime is closed. */
    public void close() {
        closed = true;
        stop();
        lock.lock();
        try {
            awaited.values().forEach(waiting -> waiting.forEach(Awaiting::ring));
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is nothing to wait for any more. */
    public boolean isClosed() {
        return closed;
    }
}
