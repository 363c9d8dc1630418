package dev.dbosj.executor;

import dev.dbosj.code.WorkflowRegistry;
import dev.dbosj.commit.Chain;
import dev.dbosj.commit.CommitQueue;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.run.Collaborators;
import dev.dbosj.run.KnownQueues;
import dev.dbosj.run.WorkflowRuns;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Hint;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Bell;
import dev.dbosj.time.Seams;
import dev.dbosj.time.Signals;
import dev.dbosj.wait.News;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Claims workflows for all queues in one batch and hands them to their runs. It claims again at once while there is
 * more, otherwise it sleeps until it is woken or the poll interval has passed.
 */
final class QueuePoller {
    private static final Logger LOG = LoggerFactory.getLogger(QueuePoller.class);
    private static final double JITTER = 0.2;
    private static final Duration BETWEEN_COMPARISONS = Duration.ofMinutes(1);

    private final SystemDatabase database;
    private final KnownQueues queues;
    private final Set<String> listensTo;
    private final Slots slots;
    private final Membership membership;
    private final WorkflowRuns runs;
    private final CommitQueue commits;
    private final News news;
    private final WorkflowRegistry registry;
    private final Duration pollInterval;
    private final Seams seams;
    private final RateReports reports;
    private final Bell bell;
    private final Bell ended;

    /** Queues of which there may be more: when a slot becomes free they are asked again. */
    private volatile Set<String> busy = Set.of();
    /** For each queue with partitions the one that was served last. */
    private final Map<String, String> served = new HashMap<>();
    private volatile boolean queuesChanged = true;
    private volatile boolean closed;
    private boolean claimLost;
    private long nextComparison;
    /** Until then a lost claim is likely to be carried out. */
    private long alert;

    QueuePoller(
            Collaborators with,
            KnownQueues queues,
            Set<String> listensTo,
            Slots slots,
            Membership membership,
            WorkflowRuns runs,
            WorkflowRegistry registry,
            Duration pollInterval) {
        this.database = with.database();
        this.commits = with.commits();
        this.news = with.news();
        this.seams = with.seams();
        this.queues = queues;
        this.listensTo = listensTo;
        this.slots = slots;
        this.membership = membership;
        this.runs = runs;
        this.registry = registry;
        this.pollInterval = pollInterval;
        this.reports = new RateReports(database, runs.throughput(), seams.time());
        this.bell = new Bell(seams.time());
        this.ended = new Bell(seams.time());
        this.nextComparison = seams.time().nanos();
        this.alert = nextComparison;
    }

    /** Claims until closed. */
    void run() {
        try {
            claimUntilClosed();
        } finally {
            ended.ring();
        }
    }

    private void claimUntilClosed() {
        while (!closed) {
            var pause = jittered(pollInterval);
            try {
                if (claimLost || seams.time().nanos() - nextComparison >= 0) handBackUnknown();
                if (queuesChanged) readQueues();
                pause = shorter(pause, claim());
            } catch (SystemDatabaseException failure) {
                claimLost |= failure.kind() == SystemDatabaseException.Kind.UNKNOWN_OUTCOME;
                LOG.warn("no workflows can be claimed; trying again in {}: {}", pollInterval, failure.getMessage());
            }
            pause = shorter(pause, reports.report(membership.executorId()));
            if (!pause.isZero() && !closed) bell.await(pause);
        }
    }

    private static Duration shorter(Duration pause, Duration other) {
        return other != null && other.compareTo(pause) < 0 ? other : pause;
    }

    private Duration jittered(Duration interval) {
        return Duration.ofNanos((long) (interval.toNanos() * (1 + JITTER * seams.ids().chance())));
    }

    private void readQueues() {
        queuesChanged = false;
        try {
            queues.follow();
        } catch (SystemDatabaseException failure) {
            queuesChanged = true;
            throw failure;
        }
    }

    /** Returns after which time there may be more to take; null for unknown. */
    private Duration claim() {
        var free = slots.free(served());
        if (free.isEmpty()) return null;
        runs.claimBegins();
        try {
            return claim(free);
        } finally {
            runs.claimEnds();
        }
    }

    /** The queues of which this process works. */
    private List<WorkflowQueue> served() {
        var all = queues.all();
        return listensTo == null ? all : all.stream().filter(queue -> listensTo.contains(queue.name())).toList();
    }

    private Duration claim(Map<String, Integer> free) {
        var executorId = membership.executorId();
        int inAll = slots.free();
        var claim = database.claim(new ClaimRequest(executorId, free, registry.names(), inAll, Map.copyOf(served)));
        var claimed = claim.workflows();
        busy = stillBusy(free, claimed, inAll);
        if (claimed.isEmpty()) return claim.again();
        for (var workflow : claimed)
            if (workflow.partitionKey() != null) served.put(workflow.queueName(), workflow.partitionKey());
        LOG.debug("claimed {} workflows", claimed.size());
        seams.signals().reached(Signals.Point.LEASE_TAKEN, Integer.toString(claimed.size()));
        begin(claimed, executorId);
        boolean more = slots.free(served()).keySet().stream().anyMatch(busy::contains);
        return more ? Duration.ZERO : claim.again();
    }

    /** Queues that gave all that was asked for; those not asked, for want of a slot, are as they were. */
    private Set<String> stillBusy(Map<String, Integer> free, List<ClaimedWorkflow> claimed, int inAll) {
        var left = new LinkedHashMap<>(free);
        for (var workflow : claimed) left.merge(workflow.queueName(), -1, Integer::sum);
        var still = new HashSet<>(busy);
        left.forEach((queue, slots) -> {
            if (slots == 0 || claimed.size() == inAll) still.add(queue);
            else still.remove(queue);
        });
        return still;
    }

    private void begin(List<ClaimedWorkflow> claimed, String executorId) {
        for (var workflow : claimed) slots.take(workflow.queueName());
        var histories = histories(claimed, executorId);
        for (var workflow : claimed) {
            var history = histories.getOrDefault(workflow.owner().workflowId(), HistoryPage.NONE);
            runs.begin(workflow, history, executorId, this::ended);
        }
    }

    /** Reads the first page of all that have one, by a statement that begins after the claim has committed. */
    private Map<String, HistoryPage> histories(List<ClaimedWorkflow> claimed, String executorId) {
        var wanted = new LinkedHashMap<String, Integer>();
        for (var workflow : claimed) if (workflow.hasHistory()) wanted.put(workflow.owner().workflowId(), 0);
        if (wanted.isEmpty()) return Map.of();
        try {
            return database.history(wanted, WorkflowRuns.FIRST_PAGE);
        } catch (SystemDatabaseException failure) {
            for (var workflow : claimed) {
                slots.giveBack(workflow.queueName());
                handBack(new Chain(workflow.owner(), executorId));
            }
            throw failure;
        }
    }

    private void ended(ClaimedWorkflow workflow) {
        slots.giveBack(workflow.queueName());
        boolean shared = queues.isShared(workflow.queueName());
        if (shared) news.tell(Hint.WORK);
        if (shared || !busy.isEmpty()) bell.ring();
    }

    /**
     * What this executor owns and nobody here runs goes back: the answer to a claim was lost. Looked for again and again,
     * because a lost claim may be carried out long after: with every heartbeat for a while, later less often.
     */
    private void handBackUnknown() {
        var executorId = membership.executorId();
        for (var owner : runs.unknown(database.owned(executorId))) handBack(new Chain(owner, executorId));
        long now = seams.time().nanos();
        if (claimLost) alert = now + BETWEEN_COMPARISONS.toNanos();
        claimLost = false;
        nextComparison = now + (now - alert < 0 ? membership.heartbeatInterval() : BETWEEN_COMPARISONS).toNanos();
    }

    private void handBack(Chain chain) {
        commits.submit(chain, null, new Effect.Release(null, false));
    }

    /** There may be something to claim. */
    void wake() {
        bell.ring();
    }

    /** Queue definitions have changed. */
    void reread() {
        queuesChanged = true;
        bell.ring();
    }

    void close() {
        closed = true;
        bell.ring();
    }

    /** Waits until the claim under way, if any, has begun its runs. */
    void awaitEnd(Duration atMost) {
        if (!ended.await(atMost)) LOG.warn("a claim is still under way; what it brings is taken over by others");
    }
}
