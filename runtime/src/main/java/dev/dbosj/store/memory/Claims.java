package dev.dbosj.store.memory;

import dev.dbosj.store.Claim;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Turns;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/** One claim: what is ready, in turn, as far as the limits let it. */
final class Claims {
    private final WorkflowTable workflows;
    private final QueueTable queues;
    private final ClaimRequest request;
    private final Instant now;
    private final List<ClaimedWorkflow> claimed = new ArrayList<>();
    private Duration again;
    private boolean stoppedShort;

    Claims(WorkflowTable workflows, QueueTable queues, ClaimRequest request, Instant now) {
        this.workflows = workflows;
        this.queues = queues;
        this.request = request;
        this.now = now;
    }

    Claim claim(long mostBytes) {
        workflows.wakeDue(now);
        workflows.nextDue().ifPresent(due -> again(Duration.between(now, due)));
        long bytes = 0;
        for (var slots : request.slots().entrySet()) {
            var queue = queues.get(slots.getKey());
            for (var row : chosen(queue, Math.min(slots.getValue(), request.inAll() - claimed.size()))) {
                if (bytes >= mostBytes) return new Claim(claimed, Duration.ZERO);
                if (!mayStart(queue, row)) continue;
                claim(queue, row);
                bytes += row.input.length();
            }
        }
        return new Claim(claimed, stoppedShort && !claimed.isEmpty() ? Duration.ZERO : again);
    }

    private void again(Duration pause) {
        if (again == null || pause.compareTo(again) < 0) again = pause;
    }

    /** What has its turn, whether or not the rates let it start. */
    private List<WorkflowRow> chosen(WorkflowQueue queue, int slots) {
        if (queues.state(queue.name()) == QueueState.PAUSED) return List.of();
        int free = left(slots, queue.limits().concurrency(), row -> row.isOn(queue.name()));
        var partitions = new TreeMap<String, List<WorkflowRow>>();
        for (var row : workflows.enqueued(queue.name()))
            if (request.names().contains(row.origin.name()))
                partitions.computeIfAbsent(row.partition(), key -> new ArrayList<>()).add(row);
        if (partitions.isEmpty() || partitions.lastKey().isEmpty())
            return partitions.getOrDefault("", List.of()).stream().limit(free).toList();

        partitions.replaceAll((key, rows) ->
                key.isEmpty() ? rows : withinRate(queue, key, rows.subList(0, free(queue, key, rows.size()))));
        var after = request.after().getOrDefault(queue.name(), "");
        var turns = new ArrayList<>(partitions.tailMap(after, false).values());
        turns.addAll(partitions.headMap(after, true).values());
        var taken = Turns.taken(turns, Math.min(free, Turns.MOST));
        stoppedShort |= taken.size() == Turns.MOST;
        return taken;
    }

    /** Without those that the rate of the partition holds back: others have their turns. */
    private List<WorkflowRow> withinRate(WorkflowQueue queue, String partition, List<WorkflowRow> rows) {
        var rate = queue.partitionLimits().rate();
        if (rate == null) return rows;
        int room = queues.room(queue.name(), partition, rate, now);
        var within = new ArrayList<WorkflowRow>();
        for (var row : rows) if (row.claimedBefore || room-- > 0) within.add(row);
        if (within.isEmpty() && !rows.isEmpty()) again(queues.untilRoom(queue.name(), partition, rate, now));
        else stoppedShort |= within.size() < rows.size();
        return within;
    }

    private int free(WorkflowQueue queue, String partition, int wanted) {
        Predicate<WorkflowRow> isOn = row -> row.isOn(queue.name()) && row.partition().equals(partition);
        var limits = queue.partitionLimits();
        int here = left(
                wanted,
                limits.workerConcurrency(),
                row -> row.executorId.equals(request.executorId()) && isOn.test(row));
        return left(here, limits.concurrency(), isOn);
    }

    private int left(int wanted, Integer limit, Predicate<WorkflowRow> isMeant) {
        return limit == null ? wanted : Math.clamp(limit - workflows.owned().filter(isMeant).count(), 0, wanted);
    }

    /** Whether the rate of the whole queue lets it start, or it was started before. */
    private boolean mayStart(WorkflowQueue queue, WorkflowRow row) {
        if (row.claimedBefore) return true;
        var name = queue.name();
        var rate = queue.limits().rate();
        if (queues.room(name, "", rate, now) == 0) {
            again(queues.untilRoom(name, "", rate, now));
            return false;
        }
        return true;
    }

    private void claim(WorkflowQueue queue, WorkflowRow row) {
        if (!row.claimedBefore) {
            queues.started(queue.name(), "", queue.limits().rate(), now);
            if (!row.partition().isEmpty())
                queues.started(queue.name(), row.partition(), queue.partitionLimits().rate(), now);
        }
        boolean hasHistory = row.claimedBefore;
        row.claimedBy(request.executorId(), now);
        workflows.move(row, WorkflowState.PENDING);
        var origin = row.origin;
        claimed.add(new ClaimedWorkflow(
                row.owner(), origin.uid(), origin.name(), origin.queueName(), origin.partitionKey(), row.input,
                row.attempts, hasHistory));
    }
}
