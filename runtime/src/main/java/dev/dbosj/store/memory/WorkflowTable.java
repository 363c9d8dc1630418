package dev.dbosj.store.memory;

import dev.dbosj.store.NewWorkflow;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The rows of workflow_status and the indexes that keep claims cheap. Guarded by the store's lock. */
final class WorkflowTable {
    private static final int FREE_ATTEMPTS = 2;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** Where a workflow stands in its queue. */
    private record Place(long rank, long sequence) implements Comparable<Place> {
        private static final Comparator<Place> ORDER =
                Comparator.comparingLong(Place::rank).thenComparingLong(Place::sequence);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    private final Map<String, WorkflowRow> rows = new LinkedHashMap<>();
    private final Map<String, TreeMap<Place, WorkflowRow>> enqueued = new TreeMap<>();
    private final Map<String, List<WorkflowRow>> children = new HashMap<>();
    private final TreeMap<Long, WorkflowRow> delayed = new TreeMap<>();
    private long accepted;
    private final KeyTable keys = new KeyTable();

    WorkflowRow get(String workflowId) {
        return rows.get(workflowId);
    }

    Collection<WorkflowRow> all() {
        return rows.values();
    }

    WorkflowRow insert(NewWorkflow workflow, WorkflowQueue queue, boolean claimed, Instant now) {
        var row = new WorkflowRow(workflow, rank(workflow, queue, now), accepted++, now);
        var wakeAt = workflow.wakeAt(now);
        if (wakeAt != null) row.delayedUntil(wakeAt);
        if (claimed) row.claimedBy(workflow.executorId(), now);
        else if (workflow.executorId() != null) row.claimedInVain();
        rows.put(workflow.workflowId(), row);
        if (workflow.parentId() != null)
            children.computeIfAbsent(workflow.parentId(), id -> new ArrayList<>()).add(row);
        keys.take(row);
        move(row, row.status);
        return row;
    }

    KeyTable keys() {
        return keys;
    }

    /** How many wait for their first start and count against the bound of the queue. */
    long depth(String queue) {
        return rows.values().stream()
                .filter(row -> row.counted && row.isOn(queue) && row.waitsForItsFirstStart())
                .count();
    }

    private static long rank(NewWorkflow workflow, WorkflowQueue queue, Instant now) {
        if (queue.priorityAging() == null) return workflow.priority();
        return now.toEpochMilli() + workflow.priority() * queue.priorityAging().toMillis();
    }

    /** All that have an owner. */
    Stream<WorkflowRow> owned() {
        return rows.values().stream().filter(row -> row.executorId != null);
    }

    /** When the next of those that are delayed may be claimed. */
    Optional<Instant> nextDue() {
        return delayed.values().stream().map(row -> row.wakeAt).min(Comparator.naturalOrder());
    }

    /** The workflows of the ids and all their descendants, parents first. */
    List<WorkflowRow> families(List<String> workflowIds) {
        var family = new ArrayList<WorkflowRow>();
        for (var id : workflowIds) family.add(rows.get(id));
        for (int i = 0; i < family.size(); i++)
            family.addAll(children.getOrDefault(family.get(i).origin.workflowId(), List.of()));
        return family;
    }

    /** Changes the status and keeps the indexes right. */
    void move(WorkflowRow row, WorkflowState status) {
        var queue = enqueued.computeIfAbsent(row.origin.queueName(), name -> new TreeMap<>());
        queue.remove(place(row));
        delayed.remove(row.sequence);
        row.status = status;
        if (status == WorkflowState.ENQUEUED) queue.put(place(row), row);
        if (status == WorkflowState.DELAYED) delayed.put(row.sequence, row);
        keys.follow(row);
    }

    private static Place place(WorkflowRow row) {
        return new Place(row.rank, row.sequence);
    }

    /** Puts a workflow that lost its owner back at its old place. */
    void giveBack(WorkflowRow row, Instant until, Instant now) {
        row.executorId = null;
        row.readySince = now;
        row.epoch++;
        if (row.status == WorkflowState.PENDING) {
            row.wakeAt = until;
            move(row, until == null ? WorkflowState.ENQUEUED : WorkflowState.DELAYED);
        } else if (row.resumeRequested) {
            resume(row, now);
        }
    }

    void resume(WorkflowRow row, Instant now) {
        row.readySince = now;
        row.resumeRequested = false;
        row.forgetUndoing();
        // Under the old epoch a late repeat of what ended it before would end it again.
        if (row.claimedBefore) row.epoch++;
        row.resetAttempts();
        row.error = null;
        row.completedAt = null;
        move(row, WorkflowState.ENQUEUED);
    }

    /** Another attempt follows; what becomes of it does not depend on how often it lost its executor before. */
    void retry(WorkflowRow row, Instant at, Instant now) {
        row.resetAttempts();
        giveBack(row, at, now);
    }

    List<WorkflowRow> childrenOf(WorkflowRow row) {
        return children.getOrDefault(row.origin.workflowId(), List.of());
    }

    /** Removes a row; its children have no parent any more. */
    void remove(WorkflowRow row) {
        rows.remove(row.origin.workflowId());
        for (var child : children.getOrDefault(row.origin.workflowId(), List.of())) child.parentId = null;
        children.remove(row.origin.workflowId());
        if (row.parentId != null) children.get(row.parentId).remove(row);
    }

    /** From the third attempt on neighbours go first. */
    Instant pauseAfter(int attempts, Instant now) {
        if (attempts <= FREE_ATTEMPTS) return null;
        long seconds = 1L << Math.min(attempts - FREE_ATTEMPTS, 10);
        return now.plusSeconds(Math.min(seconds, LONGEST_PAUSE.toSeconds()));
    }

    void wakeDue(Instant now) {
        var due = delayed.values().stream().filter(row -> !row.wakeAt.isAfter(now)).toList();
        for (var row : due) {
            row.readySince = row.wakeAt;
            move(row, WorkflowState.ENQUEUED);
        }
    }

    Collection<WorkflowRow> enqueued(String queue) {
        return enqueued.getOrDefault(queue, new TreeMap<>()).values();
    }

    /** Of all queues. */
    List<WorkflowRow> enqueued() {
        return enqueued.values().stream().flatMap(queue -> queue.values().stream()).toList();
    }
}
