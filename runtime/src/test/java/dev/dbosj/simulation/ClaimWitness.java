package dev.dbosj.simulation;

import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Judges every claim: who may be claimed, how many, and who is next. */
final class ClaimWitness {
    private static final WorkflowFilter OLDEST_FIRST =
            WorkflowFilter.all().newestFirst(false).payloads(false).limit(100_000);
    private static final WorkflowFilter WAITING = OLDEST_FIRST.states(WorkflowState.ENQUEUED);

    private static final Duration UNTIL_DEFINITIONS_ARE_READ = Duration.ofSeconds(2);

    private final SystemDatabase database;
    private final OfficeWitness office;
    private final Tally tally;
    /** The commands that have; one that comes again changes nothing. */
    private final Set<Long> putOff = new HashSet<>();
    private final Promptness promptness;
    private final Consumer<String> breach;
    private final Map<String, Integer> priorities = new HashMap<>();
    /** In the order of acceptance. */
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Instant> enqueuedAt = new HashMap<>();
    /** When it last may have become possible to claim from a queue. */
    private final Map<String, Instant> freedAt = new HashMap<>();
    /** When what was delayed may be claimed, by the database's clock. */
    private final Map<String, Instant> dueAt = new TreeMap<>();
    private Instant joinedAt = Instant.MIN;

    ClaimWitness(SystemDatabase database, OfficeWitness office, Tally tally, Promptness promptness, Consumer<String> breach) {
        this.database = database;
        this.promptness = promptness;
        this.office = office;
        this.tally = tally;
        this.breach = breach;
    }

    /** The workflow was accepted; what comes later under the same id is not another one. */
    void inserted(NewWorkflow workflow) {
        if (workflow.delay() != null && !numbers.containsKey(workflow.workflowId()))
            dueAt.put(workflow.workflowId(), database.now().plus(workflow.delay()));
        priorities.putIfAbsent(workflow.workflowId(), workflow.priority());
        numbers.putIfAbsent(workflow.workflowId(), numbers.size());
    }

    /** The workflow has changed; it had another state before, or none. */
    void changed(WorkflowStatus before, WorkflowStatus now) {
        office.changed(now);
        boolean wasEnqueued = before != null && before.status() == WorkflowState.ENQUEUED;
        if (now.status() == WorkflowState.ENQUEUED && !wasEnqueued) enqueuedAt.put(now.workflowId(), promptness.now());
        // When its time has come it is woken and claimed at once: nobody sees it wait.
        if (now.status() == WorkflowState.DELAYED) enqueuedAt.remove(now.workflowId());
        boolean wasHeld = before != null && before.executorId() != null;
        if (wasHeld && now.executorId() == null) freedAt.put(queueOf(now), promptness.now());
    }

    /** It cannot be claimed for so long. */
    void delayed(String workflowId, Duration pause) {
        dueAt.put(workflowId, database.now().plus(pause));
    }

    /** What was cancelled and is resumed need not wait any more. */
    void resumed(List<String> workflowIds) {
        dueAt.keySet().removeAll(workflowIds);
    }

    /** It was put off, but not beyond its deadline. */
    void putOff(Effect.Debounce debounce) {
        if (!putOff.add(debounce.nonce())) return;
        var latest = database.workflow(debounce.workflowId()).createdAt().plus(Errand.LONGEST);
        var due = database.now().plus(debounce.delay());
        dueAt.computeIfPresent(debounce.workflowId(), (id, before) -> due.isBefore(latest) ? due : latest);
    }

    void redefined(String queue) {
        freedAt.put(queue, promptness.now().plus(UNTIL_DEFINITIONS_ARE_READ));
    }

    void joined() {
        joinedAt = promptness.now();
    }

    int priorityOf(String workflowId) {
        return priorities.getOrDefault(workflowId, 0);
    }

    /** Those that can be claimed now. */
    List<WorkflowStatus> waiting() {
        return database.workflows(WAITING);
    }

    /** @param waiting those that could be claimed just before */
    void claimed(ClaimRequest request, List<WorkflowStatus> waiting, List<ClaimedWorkflow> claimed) {
        if (claimed.size() > request.inAll()) fail("I4: %s claimed %s", request, claimed);
        for (var workflow : claimed)
            if (!request.names().contains(workflow.name())) fail("I8: %s claimed %s", request, workflow);
        List.copyOf(dueAt.keySet()).forEach(this::requireDelayedUntilDue);
        office.claimed(claimed);
        if (claimed.isEmpty() && (isNothingFor(request, waiting) || !isMember(request.executorId()))) return;
        var taken = new HashSet<String>();
        claimed.forEach(workflow -> taken.add(workflow.owner().workflowId()));
        for (var queue : request.slots().keySet()) {
            var mine = claimed.stream().filter(workflow -> workflow.queueName().equals(queue)).toList();
            var left = waiting.stream()
                    .filter(row -> queueOf(row).equals(queue) && request.names().contains(row.name()))
                    .map(WorkflowStatus::workflowId)
                    .filter(id -> !taken.contains(id))
                    .toList();
            requireWithinLimits(request, queue, mine);
            if (queue.equals(Errand.QUEUE)) continue; // partitions take turns, and rates hold back
            requireOrder(mine, left);
            for (var row : waiting) if (taken.contains(row.workflowId())) requirePrompt(row);
            boolean full = mine.size() == request.slots().get(queue) || claimed.size() == request.inAll();
            if (!full && !left.isEmpty() && free(queue) > 0)
                fail("I3: %s claimed %s, and left %s", request, mine, left);
        }
    }

    private static boolean isNothingFor(ClaimRequest request, List<WorkflowStatus> waiting) {
        for (var row : waiting)
            if (request.names().contains(row.name()) && request.slots().containsKey(queueOf(row))) return false;
        return true;
    }

    private boolean isMember(String executorId) {
        return database.executors().stream()
                .filter(executor -> executor.executorId().equals(executorId))
                .anyMatch(executor -> !executor.gone());
    }

    private static String queueOf(WorkflowStatus row) {
        return Objects.requireNonNullElse(row.queueName(), NewWorkflow.DIRECT_QUEUE);
    }

    private void requireWithinLimits(ClaimRequest request, String queue, List<ClaimedWorkflow> mine) {
        if (mine.size() > request.slots().get(queue)) fail("I4: %s claimed %s", request, mine);
        // A limit that was lowered binds the next claim, not those who run.
        if (!mine.isEmpty() && free(queue) < 0) fail("I4: after a claim of %s, %s is beyond its limit", mine, queue);
    }

    /** How many more the queue's state and its limit for all executors leave. */
    private long free(String name) {
        if (database.queueStates().get(name) == QueueState.PAUSED) return 0;
        var limit = database.queues().stream()
                .filter(queue -> queue.name().equals(name))
                .map(WorkflowQueue::concurrency)
                .filter(Objects::nonNull)
                .findFirst();
        if (limit.isEmpty()) return Long.MAX_VALUE;
        var rows = database.workflows(OLDEST_FIRST.queueName(name));
        long left = limit.get() - rows.stream().filter(row -> row.executorId() != null).count();
        if (left == 0) tally.count("limit reached");
        return left;
    }

    /** Nobody is claimed before somebody of a lower number, or of the same number and accepted before. */
    private void requireOrder(List<ClaimedWorkflow> claimed, List<String> left) {
        var order = Comparator.<String>comparingInt(priorities::get).thenComparing(numbers::get);
        var last = claimed.stream().map(workflow -> workflow.owner().workflowId()).max(order);
        var first = left.stream().min(order);
        if (last.isEmpty() || first.isEmpty()) return;
        if (order.compare(last.get(), first.get()) > 0)
            fail("order: %s was claimed before %s", last.get(), first.get());
        if (numbers.get(last.get()) > numbers.get(first.get())) tally.count("claim by priority");
    }

    /** Timers are never early: a claim wakes those whose time has come. */
    private void requireDelayedUntilDue(String id) {
        var row = database.workflow(id);
        if (row == null) {
            dueAt.remove(id);
            return;
        }
        var status = row.status();
        if (status == WorkflowState.DELAYED || status == WorkflowState.CANCELLED) return;
        var due = dueAt.remove(id);
        tally.count("delay ended");
        if (database.now().isBefore(due)) fail("G7: %s was let go before %s", id, due);
    }

    /** Whoever has been tried often waits on purpose; when a delay ended, or a rate left room, the store alone knows. */
    private void requirePrompt(WorkflowStatus row) {
        if (queueOf(row).equals(Errand.QUEUE)) return;
        if (row.attempts() > 1 || !enqueuedAt.containsKey(row.workflowId())) return;
        var possible = Promptness.later(joinedAt, freedAt.getOrDefault(queueOf(row), Instant.MIN));
        var since = Promptness.later(possible, enqueuedAt.get(row.workflowId()));
        promptness.requireSoon(since, row.workflowId() + " was claimed");
    }

    private void fail(String message, Object... values) {
        breach.accept(message.formatted(values));
    }
}
