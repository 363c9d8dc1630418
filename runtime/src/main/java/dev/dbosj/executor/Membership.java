package dev.dbosj.executor;

import dev.dbosj.code.WorkflowRegistry;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.run.BodyGate;
import dev.dbosj.run.WorkflowRuns;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.Tick;
import dev.dbosj.time.Bell;
import dev.dbosj.time.Seams;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process as a member of the fleet: heartbeats, and what a heartbeat learns. An executor that was declared dead
 * never comes back under its id; its runs leave and it joins under a new one.
 */
final class Membership implements BodyGate {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final int HEARTBEATS_PER_LEASE = 6;

    private final SystemDatabase database;
    private final String application;
    private final WorkflowRegistry registry;
    private final Duration lease;
    private final Duration tickInterval;
    private final Seams seams;
    private final WorkflowRuns runs;
    private final Takeover takeover;
    private final Bell bell;

    private volatile String executorId;
    /** When the last heartbeat that was answered had been sent, by the monotonic clock. */
    private volatile long lastHeartbeat;
    /** When the last answered tick had been sent. */
    private long lastSeen;
    private volatile boolean closed;
    private volatile boolean stopped;
    private Consumer<Tick> onTick = tick -> {};

    Membership(
            SystemDatabase database,
            String application,
            WorkflowRegistry registry,
            Duration lease,
            Duration tickInterval,
            Seams seams,
            WorkflowRuns runs,
            Takeover takeover) {
        this.database = database;
        this.application = application;
        this.registry = registry;
        this.lease = lease;
        this.tickInterval = tickInterval;
        this.seams = seams;
        this.runs = runs;
        this.takeover = takeover;
        this.bell = new Bell(seams.time());
    }

    /** Called after each tick, on the heartbeat's thread. */
    void onTick(Consumer<Tick> onTick) {
        this.onTick = onTick;
    }

    /** The id of this launch, or of the time since the last loss of membership. */
    String executorId() {
        return executorId;
    }

    Duration heartbeatInterval() {
        return lease.dividedBy(HEARTBEATS_PER_LEASE);
    }

    void join() {
        var id = seams.ids().next();
        long sent = seams.time().nanos();
        database.join(new ExecutorInfo(id, application, registry.names(), lease, Instant.EPOCH, false));
        executorId = id;
        lastHeartbeat = sent;
        lastSeen = sent;
    }

    /** Beats until closed. */
    void run() {
        while (!closed) {
            try {
                tick();
            } catch (SystemDatabaseException failure) {
                LOG.warn("no heartbeat; workflows wait until the system database is back: {}", failure.getMessage());
            }
            bell.await(tickInterval);
        }
    }

    /** One round: heartbeat if it is due, cancelled runs, dead executors. */
    void tick() {
        long sent = seams.time().nanos();
        boolean due = sent - lastHeartbeat >= heartbeatInterval().toNanos();
        boolean beat = due && !stopped;
        var tick = database.tick(executorId, beat);
        if (!tick.alive()) {
            if (stopped) runs.fence(executorId);
            else rejoin();
            return;
        }
        if (beat) lastHeartbeat = sent;
        // Also when it was this very tick that took so long.
        if (seams.time().nanos() - lastSeen > 2 * heartbeatInterval().toNanos()) takeover.forget();
        lastSeen = sent;
        runs.cancelled(tick.cancelled());
        takeover.observe(tick, beat);
        onTick.accept(tick);
    }

    private void rejoin() {
        var lost = executorId;
        LOG.warn("executor {} was declared dead after {} without a heartbeat; its workflows belong to others now."
                + " It goes on under a new id.", lost, lease);
        runs.fence(lost);
        join();
        LOG.info("executor {} has joined as {}", lost, executorId);
    }

    @Override
    public boolean mayBegin(String claimedBy) {
        long margin = lease.dividedBy(5).toNanos();
        return claimedBy.equals(executorId) && seams.time().nanos() - lastHeartbeat < lease.toNanos() - margin;
    }

    /** A thread of the engine has died: without heartbeats others take over what cannot go on here. That is final. */
    void stopHeartbeats() {
        stopped = true;
    }

    /** Beats at once. */
    void hurry() {
        bell.ring();
    }

    void close() {
        closed = true;
        bell.ring();
    }

    void leave() {
        if (executorId != null) database.leave(executorId);
    }
}
