package dev.dbosj.simulation;

import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Judges what the queue of {@link Errand}s takes and gives: its bound, its keys, its partitions and its rates. */
final class OfficeWitness {
    private static final WorkflowFilter ALL = WorkflowFilter.all().queueName(Errand.QUEUE).payloads(false).limit(100_000);

    private final SystemDatabase database;
    private final WorldClock clock;
    private final Tally tally;
    private final Consumer<String> breach;
    private final Map<String, NewWorkflow> accepted = new HashMap<>();
    private final Set<String> counted = new HashSet<>();
    private final Set<String> resumed = new HashSet<>();
    private final Set<String> everEnded = new HashSet<>();
    private final Set<String> everAwake = new HashSet<>();
    private final Map<String, String> holders = new HashMap<>();
    private final Map<String, List<Instant>> starts = new HashMap<>();
    private Duration ahead = Duration.ZERO;

    OfficeWitness(SystemDatabase database, WorldClock clock, Tally tally, Consumer<String> breach) {
        this.database = database;
        this.clock = clock;
        this.tally = tally;
        this.breach = breach;
    }

    /** A workflow is in this state now. */
    void changed(WorkflowStatus now) {
        if (now.status().isTerminal()) everEnded.add(now.workflowId());
        if (now.status() != WorkflowState.DELAYED) everAwake.add(now.workflowId());
    }

    void resumed(List<String> workflowIds) {
        resumed.addAll(workflowIds);
    }

    private WorkflowQueue queue() {
        return database.queues().stream()
                .filter(queue -> queue.name().equals(Errand.QUEUE))
                .findFirst()
                .orElse(WorkflowQueue.named(Errand.QUEUE));
    }

    // ---- what it takes ---------------------------------------------------------------------------------------------

    void applied(List<Command> batch, List<Outcome> outcomes) {
        boolean redefined = batch.stream().anyMatch(command -> command.effect() instanceof Effect.Define);
        boolean took = false;
        for (int i = 0; i < batch.size(); i++) {
            if (batch.get(i).effect() instanceof Effect.Insert insert && isForTheOffice(insert))
                took |= decided(insert, outcomes.get(i), batch.size() == 1);
            if (batch.get(i).effect() instanceof Effect.Debounce debounce && outcomes.get(i) instanceof Outcome.Applied)
                tally.count("put off");
        }
        if (took && !redefined) requireWithinBound();
    }

    private static boolean isForTheOffice(Effect.Insert insert) {
        return insert.workflows().stream().anyMatch(row -> row.queueName().equals(Errand.QUEUE));
    }

    private boolean decided(Effect.Insert insert, Outcome outcome, boolean alone) {
        var row = insert.workflows().getFirst();
        if (outcome instanceof Outcome.Refused refused) {
            refused(row, refused, alone);
            return false;
        }
        if (!(outcome instanceof Outcome.Applied) || accepted.putIfAbsent(row.workflowId(), row) != null) return false;
        if (row.key() != null) requireFree(row);
        if (!insert.guarded() || queue().bound() == null) return false;
        return counted.add(row.workflowId());
    }

    private void refused(NewWorkflow row, Outcome.Refused refused, boolean alone) {
        tally.count("refused " + refused.reason());
        if (!alone) return;
        if (refused.reason() == Outcome.Reason.KEY_HELD && !holds(refused.detail(), row))
            fail("keys: %s was refused for %s, which does not hold the key", row, refused.detail());
        if (refused.reason() == Outcome.Reason.QUEUE_FULL && accepted.size() == counted.size()
                && waiting(counted) < queue().maxDepth())
            fail("bound: %s was refused, and only %s wait", row, waiting(counted));
    }

    private void requireFree(NewWorkflow row) {
        var place = row.key().scope(row.name()) + " " + row.key().value();
        var before = holders.put(place, row.workflowId());
        if (before != null && holds(before, row))
            fail("keys: %s was accepted beside %s", row, database.workflow(before));
    }

    private boolean holds(String holder, NewWorkflow row) {
        var status = database.workflow(holder).status();
        if (status.isTerminal() || everEnded.contains(holder)) return false;
        return !row.key().isHeldWhileDelayed() || status == WorkflowState.DELAYED && !everAwake.contains(holder);
    }

    private void requireWithinBound() {
        var asUsual = new HashSet<>(counted);
        asUsual.removeAll(resumed);
        long waiting = waiting(asUsual);
        var maxDepth = queue().maxDepth();
        if (maxDepth != null && waiting > maxDepth) fail("bound: %s wait, and %s may", waiting, maxDepth);
    }

    private long waiting(Set<String> ids) {
        return database.workflows(ALL).stream()
                .filter(row -> row.status() == WorkflowState.ENQUEUED || row.status() == WorkflowState.DELAYED)
                .filter(row -> row.epoch() == 0 && ids.contains(row.workflowId()))
                .count();
    }

    // ---- what it gives ---------------------------------------------------------------------------------------------

    void claimed(List<ClaimedWorkflow> claimed) {
        var mine = claimed.stream().filter(workflow -> workflow.queueName().equals(Errand.QUEUE)).toList();
        if (mine.isEmpty()) return;
        requirePartitionsWithinLimits(mine);
        var queue = queue();
        for (var workflow : mine) {
            if (workflow.hasHistory()) continue;
            started("", queue.limits().rate());
            if (workflow.partitionKey() != null) started(workflow.partitionKey(), queue.partitionLimits().rate());
        }
    }

    private void requirePartitionsWithinLimits(List<ClaimedWorkflow> mine) {
        var limit = queue().partitionLimits().concurrency();
        if (limit == null) return;
        var owned = new HashMap<String, Integer>();
        for (var row : database.workflows(ALL)) {
            var key = accepted.containsKey(row.workflowId()) ? accepted.get(row.workflowId()).partitionKey() : null;
            if (row.executorId() != null && key != null) owned.merge(key, 1, Integer::sum);
        }
        for (var workflow : mine)
            if (owned.getOrDefault(workflow.partitionKey(), 0) > limit)
                fail("I4: %s of partition %s are owned", owned.get(workflow.partitionKey()), workflow.partitionKey());
    }

    /** Only as long as nobody sets the clock: what was started before is forgotten then. */
    private void started(String partition, RateLimit rate) {
        if (rate == null) return;
        var now = database.now();
        var aheadNow = Duration.between(clock.steadyNow(), clock.now());
        if (!aheadNow.equals(ahead)) starts.clear();
        ahead = aheadNow;
        var all = starts.computeIfAbsent(partition, key -> new ArrayList<>());
        all.add(now);
        int first = all.size() - 1 - rate.starts();
        if (first >= 0 && Duration.between(all.get(first), now).compareTo(rate.period()) < 0)
            fail("rate: %s were started within %s on %s", rate.starts() + 1, rate.period(), partition);
        tally.count("start within a rate");
    }

    private void fail(String message, Object... values) {
        breach.accept(message.formatted(values));
    }
}
