package dev.dbosj.executor;

import dev.dbosj.code.WorkflowRegistry;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.run.BodyGate;
import dev.dbosj.run.Collaborators;
import dev.dbosj.run.KnownQueues;
import dev.dbosj.run.WorkflowRuns;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Hint;
import dev.dbosj.store.Tick;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts and stops the loops of one process: heartbeat, poller, writer, waiter. */
public final class Executor {
    private static final Logger LOG = LoggerFactory.getLogger(Executor.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int TICKS_PER_LEASE = 8;
    private static final int TICKS_PER_REPORT = 60;
    private static final Duration LAST_CLAIM = Duration.ofSeconds(2);
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);

    /**
     * What a user may set.
     *
     * @param application name of the application
     * @param lease how long this executor lives without a heartbeat
     * @param pollInterval how often queues are looked at without being woken
     * @param maxRuns how many claimed workflows run at once
     * @param queues the queues from which it claims; null for all
     */
    public record Settings(
            String application, Duration lease, Duration pollInterval, int maxRuns, Set<String> queues) {}

    private final Collaborators with;
    private final WorkflowRuns runs;
    private final QueuePoller poller;
    private final Membership membership;
    private final Loops loops;
    private final Set<String> reported = new HashSet<>();
    private long queuesVersion = -1;
    private int ticks;

    public Executor(
            Collaborators with, Settings settings, WorkflowRegistry registry, KnownQueues queues, WorkflowRuns runs, Loops loops) {
        this.loops = loops;
        this.with = with;
        this.runs = runs;
        this.membership = new Membership(
                with.database(), settings.application(), registry, settings.lease(), tickInterval(settings), with.seams(), runs,
                new Takeover(with.database(), () -> with.news().share(Hint.WORK)));
        this.poller = new QueuePoller(
                with, queues, settings.queues(), new Slots(settings.maxRuns()), membership, runs, registry,
                settings.pollInterval());
        membership.onTick(this::learn);
    }

    private static Duration tickInterval(Settings settings) {
        var often = settings.lease().dividedBy(TICKS_PER_LEASE);
        return often.compareTo(TICK) < 0 ? often : TICK;
    }

    /** Joins the fleet and begins to claim. What a dead predecessor has left is taken over first. */
    public void start() {
        membership.join();
        membership.tick();
        loops.onDeath(name -> {
            LOG.error("executor {} stops its heartbeats, so that others take over its workflows; restart the process", executorId());
            membership.stopHeartbeats();
            poller.close();
        });
        loops.start("dbosj-heartbeat", membership::run);
        loops.start("dbosj-poller", poller::run);
    }

    /** Says whether a step's body may begin. */
    public BodyGate gate() {
        return membership;
    }

    /** The id under which this process claims; null before it has started. */
    public String executorId() {
        return membership.executorId();
    }

    /** There may be something to claim. */
    public void wake() {
        poller.wake();
    }

    /** Something was changed elsewhere that a tick tells. */
    public void lookAround() {
        membership.hurry();
    }

    /** Queue definitions were changed in this process. */
    public void queuesChanged() {
        poller.reread();
    }

    private void learn(Tick tick) {
        if (tick.queuesVersion() != queuesVersion) {
            queuesVersion = tick.queuesVersion();
            poller.reread();
        }
        if (ticks++ % TICKS_PER_REPORT == 0) reportUnserved();
    }

    private void reportUnserved() {
        with.database().unserved().forEach((name, count) -> {
            if (reported.add(name))
                LOG.warn("{} workflows named '{}' wait, and no live executor knows that name: launch one that registers it, or cancel them", count, name);
        });
    }

    /**
     * Stops claiming, lets running steps end for so long, hands everything back, and leaves the fleet. A workflow whose
     * step did not end keeps its owner until the lease has ended.
     */
    public void stop(Duration grace) {
        poller.close();
        if (executorId() != null) poller.awaitEnd(LAST_CLAIM);
        int left = runs.shutDown(grace, AFTER_INTERRUPT);
        if (left > 0) LOG.warn("{} steps did not end within {}; their workflows are taken over once the lease has ended", left, grace);
        membership.close();
    }

    /** What was started or claimed too late to be let go of by a run. */
    private void handBackTheRest() {
        var rest = runs.unknown(with.database().owned(executorId()));
        if (rest.isEmpty()) return;
        with.database().apply(rest.stream().map(owner -> new Command(owner, null, new Effect.Release(null, false))).toList());
    }

    /** Leaves the fleet, when the last write is through. */
    public void leave() {
        if (executorId() == null) return;
        try {
            handBackTheRest();
            membership.leave();
        } catch (SystemDatabaseException failure) {
            LOG.warn("could not leave the fleet; the lease ends by itself: {}", failure.getMessage());
        }
    }
}
