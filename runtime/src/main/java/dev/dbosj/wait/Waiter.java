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

    /** What is looked for, on behalf of all waits up to a number. */
    private record Look(List<Awaited> wanted, long until) {}

    private final SystemDatabase database;
    private final Duration pollInterval;
    private final Time time;
    private final Bell bell;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Awaited, List<Awaiting>> awaited = new LinkedHashMap<>();
    private final Set<Awaited> unseen = new LinkedHashSet<>();
    private long waits;
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
        var all = new LinkedHashSet<Awaited>(wanted);
        Awaiting awaiting;
        lock.lock();
        try {
            awaiting = new Awaiting(this, ++waits, all, bell);
            for (var one : all) awaited.computeIfAbsent(one, key -> new ArrayList<>()).add(awaiting);
            unseen.addAll(all);
        } finally {
            lock.unlock();
        }
        this.bell.ring();
        return awaiting;
    }

    /** Something has happened in this process and is committed. */
    public void publish(Arrival arrival) {
        if (arrival instanceof WorkflowResult result && result.isFinal()) deliver(result, Long.MAX_VALUE);
        else lookFor(arrival.answers());
    }

    /** Something has changed, and may have changed again, elsewhere, since that was committed. */
    public void lookFor(Awaited changed) {
        lock.lock();
        try {
            if (!awaited.containsKey(changed)) return;
            unseen.add(changed);
        } finally {
            lock.unlock();
        }
        bell.ring();
    }

    /** @param until the last of those who get it: who began to wait after the look could be told what is over */
    private void deliver(Arrival arrival, long until) {
        LOG.debug("arrived: {}", arrival);
        var interested = new ArrayList<Awaiting>();
        lock.lock();
        try {
            var waiting = awaited.getOrDefault(arrival.answers(), new ArrayList<>());
            for (var awaiting : waiting) if (awaiting.number() <= until) interested.add(awaiting);
            if (isAnswer(arrival)) {
                waiting.removeAll(interested);
                if (waiting.isEmpty()) awaited.remove(arrival.answers());
            }
        } finally {
            lock.unlock();
        }
        interested.forEach(awaiting -> awaiting.arrived(arrival));
    }

    /** Whether it need not be asked for again. Who waits for the end of a workflow that can be resumed may go on waiting. */
    private static boolean isAnswer(Arrival arrival) {
        return switch (arrival) {
            case WorkflowResult result -> result.isFinal();
            case WorkflowEvent event -> true;
            case WorkflowMessage message -> true;
        };
    }

    /** Another process has hinted that something has arrived. */
    public void hint() {
        hinted = true;
        bell.ring();
    }

    void forget(Awaiting awaiting) {
        lock.lock();
        try {
            for (var one : awaiting.awaited()) {
                var others = awaited.get(one);
                if (others == null) continue;
                others.remove(awaiting);
                if (others.isEmpty()) {
                    awaited.remove(one);
                    unseen.remove(one);
                }
            }
        } finally {
            lock.unlock();
        }
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
            var look = due ? everything() : newcomers();
            if (!look.wanted().isEmpty()) look(look);
            if (due) {
                long looked = time.nanos();
                nextPoll = looked + pollInterval.toNanos();
                rested = looked + RESTS_PER_LOOK * (looked - now);
            } else if (look.wanted().isEmpty()) {
                long next = hinted && rested - nextPoll < 0 ? rested : nextPoll;
                rest(Duration.ofNanos(Math.max(0, next - now)));
            }
        }
    }

    private void rest(Duration atMost) {
        bell.await(isIdle() ? null : atMost);
    }

    private void look(Look look) {
        var wanted = look.wanted();
        try {
            for (int from = 0; from < wanted.size(); from += PAGE)
                database.arrivals(wanted.subList(from, Math.min(wanted.size(), from + PAGE)))
                        .forEach(arrival -> deliver(arrival, look.until()));
        } catch (SystemDatabaseException failure) {
            LOG.debug("looking again in {}: {}", pollInterval, failure.getMessage());
        }
    }

    private Look newcomers() {
        lock.lock();
        try {
            var look = new Look(List.copyOf(unseen), waits);
            unseen.clear();
            return look;
        } finally {
            lock.unlock();
        }
    }

    private Look everything() {
        lock.lock();
        try {
            unseen.clear();
            return new Look(List.copyOf(awaited.keySet()), waits);
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
