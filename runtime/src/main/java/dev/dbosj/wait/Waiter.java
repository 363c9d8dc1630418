package dev.dbosj.wait;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.store.SystemDatabase;
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
 * Waits for results on behalf of everybody: what ends in this process is published without asking the database, and
 * all the rest is asked for in one query. Whoever waits registers first and is then looked up, so no end is missed.
 * Thread-safe; the loop runs on a thread of its own.
 */
public final class Waiter {
    private static final Logger LOG = LoggerFactory.getLogger(Waiter.class);
    private static final int PAGE = 1000;

    private final SystemDatabase database;
    private final Duration pollInterval;
    private final Time time;
    private final Bell bell;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, List<Awaiting>> awaited = new LinkedHashMap<>();
    private final Set<String> unseen = new LinkedHashSet<>();
    private volatile boolean stopped;
    private volatile boolean closed;

    public Waiter(SystemDatabase database, Duration pollInterval, Time time) {
        this.database = database;
        this.pollInterval = pollInterval;
        this.time = time;
        this.bell = new Bell(time);
    }

    /**
     * Begins to wait for the workflows' results.
     *
     * @param bell rung at each result
     */
    public Awaiting await(Collection<String> workflowIds, Bell bell) {
        var awaiting = new Awaiting(this, new LinkedHashSet<>(workflowIds), bell);
        lock.lock();
        try {
            for (var id : awaiting.workflowIds()) awaited.computeIfAbsent(id, key -> new ArrayList<>()).add(awaiting);
            unseen.addAll(awaiting.workflowIds());
        } finally {
            lock.unlock();
        }
        this.bell.ring();
        return awaiting;
    }

    /** A workflow has ended: its outcome is committed. */
    public void publish(WorkflowResult result) {
        LOG.debug("{} has ended: {}", result.workflowId(), result.status());
        List<Awaiting> interested;
        lock.lock();
        try {
            interested = List.copyOf(awaited.getOrDefault(result.workflowId(), List.of()));
            // A cancelled workflow can be resumed; all else is final, and need not be asked for again.
            if (result.status() != WorkflowState.CANCELLED) awaited.remove(result.workflowId());
        } finally {
            lock.unlock();
        }
        interested.forEach(awaiting -> awaiting.arrived(result));
    }

    void forget(Awaiting awaiting) {
        lock.lock();
        try {
            for (var id : awaiting.workflowIds()) {
                var others = awaited.get(id);
                if (others == null) continue;
                others.remove(awaiting);
                if (others.isEmpty()) {
                    awaited.remove(id);
                    unseen.remove(id);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Looks until closed. */
    public void run() {
        long nextPoll = time.nanos() + pollInterval.toNanos();
        while (!stopped) {
            var left = Duration.ofNanos(nextPoll - time.nanos());
            boolean due = left.isNegative() || left.isZero();
            var ids = due ? everything() : newcomers();
            if (due) nextPoll = time.nanos() + pollInterval.toNanos();
            if (!ids.isEmpty()) look(ids);
            else if (!due) bell.await(isIdle() ? null : left);
        }
    }

    private void look(List<String> ids) {
        try {
            for (int from = 0; from < ids.size(); from += PAGE)
                database.results(ids.subList(from, Math.min(ids.size(), from + PAGE))).forEach(this::publish);
        } catch (SystemDatabaseException failure) {
            LOG.debug("looking for results again in {}: {}", pollInterval, failure.getMessage());
        }
    }

    private List<String> newcomers() {
        lock.lock();
        try {
            var ids = List.copyOf(unseen);
            unseen.clear();
            return ids;
        } finally {
            lock.unlock();
        }
    }

    private List<String> everything() {
        lock.lock();
        try {
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
