package dev.dbosj.store.memory;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.WorkflowEvent;
import dev.dbosj.store.WorkflowMessage;
import dev.dbosj.store.WorkflowResult;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One row of workflow_status with its checkpoints. */
final class WorkflowRow {
    /** @param text JSON; null once it was received */
    record Message(String topic, String text) {}

    static final int KEPT_ATTEMPTS = 100;

    final NewWorkflow origin;
    /** Where it stands in its queue; equal ones in the order of their sequence. */
    final long rank;
    final long sequence;
    final Instant createdAt;
    final TreeMap<Integer, Checkpoint> checkpoints = new TreeMap<>();
    final Map<String, String> events = new TreeMap<>();
    /** All that were ever sent to it, by their ids, in the order of acceptance. */
    final Map<String, Message> messages = new LinkedHashMap<>();

    /** Those that have failed, the last ones. */
    final ArrayDeque<WorkflowAttempt> failed = new ArrayDeque<>();

    String parentId;
    /** Its arguments, as they are now. */
    String input;
    /** Whether it counts against the bound of its queue as long as it waits for its first start. */
    boolean counted;
    /** Since when it has waited for its turn, while it does. */
    Instant readySince;
    WorkflowState status;
    String executorId;
    long epoch;
    boolean claimedBefore;
    boolean resumeRequested;
    int attempts;
    /** How many checkpoints there were when an attempt was last counted. */
    int progress;
    Instant wakeAt;
    String output;
    String error;
    Instant startedAt;
    Instant completedAt;

    WorkflowRow(NewWorkflow origin, long rank, long sequence, Instant now) {
        this.origin = origin;
        this.rank = rank;
        this.sequence = sequence;
        this.createdAt = now;
        this.parentId = origin.parentId();
        this.readySince = now;
        this.input = origin.input();
        this.status = WorkflowState.ENQUEUED;
    }

    boolean isOn(String queueName) {
        return origin.queueName().equals(queueName);
    }

    /** Its partition key, or empty. */
    String partition() {
        return origin.partitionKey() == null ? "" : origin.partitionKey();
    }

    void delayedUntil(Instant time) {
        status = WorkflowState.DELAYED;
        wakeAt = time;
    }

    boolean waitsForItsFirstStart() {
        return epoch == 0 && (status == WorkflowState.ENQUEUED || status == WorkflowState.DELAYED);
    }

    void claimedBy(String executor, Instant now) {
        status = WorkflowState.PENDING;
        executorId = executor;
        epoch++;
        claimedBefore = true;
        startedAt = now;
    }

    /** Its executor may begin a run under the first epoch, not knowing that it is no member any more. */
    void claimedInVain() {
        epoch = 1;
        claimedBefore = true;
    }

    /** Counts an attempt; one that got ahead of the last starts the count anew. */
    void countAttempt() {
        attempts = checkpoints.size() > progress ? 1 : attempts + 1;
        progress = checkpoints.size();
    }

    void resetAttempts() {
        attempts = 0;
        progress = checkpoints.size();
    }

    /** Keeps the error of the attempt that has just failed. */
    void keepFailed(String failure, Integer step, boolean dead, Instant now) {
        var last = failed.peekLast();
        failed.addLast(new WorkflowAttempt(
                last == null ? 1 : last.number() + 1,
                last == null || last.dead() ? 1 : last.attempt() + 1,
                failure, step, dead, executorId, startedAt, now));
        if (failed.size() > KEPT_ATTEMPTS) failed.removeFirst();
    }

    /** The operation that made it a dead letter is to run again. */
    void forgetUndoing() {
        if (status == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED && !failed.isEmpty() && failed.getLast().dead())
            forget(failed.getLast().step());
    }

    /** Forgets the error that is recorded for a step, if it is not null. */
    void forget(Integer step) {
        if (step != null)
            checkpoints.computeIfPresent(step, (number, checkpoint) -> checkpoint.error() == null ? checkpoint : null);
    }

    Owner owner() {
        return new Owner(origin.workflowId(), epoch);
    }

    WorkflowResult result() {
        return new WorkflowResult(origin.workflowId(), status, output, error);
    }

    /** An event's latest value, or null. */
    WorkflowEvent event(String key) {
        var value = events.get(key);
        return value == null ? null : new WorkflowEvent(origin.workflowId(), key, value);
    }

    /** The oldest message of the topic that was not received, or null. */
    WorkflowMessage message(String topic) {
        for (var message : messages.entrySet()) {
            var text = message.getValue().text();
            if (text != null && message.getValue().topic().equals(topic))
                return new WorkflowMessage(origin.workflowId(), topic, message.getKey(), text);
        }
        return null;
    }

    /** Whether it meets all conditions of the filter but its place. */
    boolean passes(WorkflowFilter filter) {
        return isAmong(filter.states(), status)
                && isAmong(filter.names(), origin.name())
                && isAmong(filter.queueNames(), origin.queueName())
                && isAny(filter.parentId(), origin.parentId())
                && isAny(filter.executorId(), executorId)
                && isAny(filter.partitionKey(), partition())
                && (filter.idPrefix() == null || origin.workflowId().startsWith(filter.idPrefix()))
                && isWithin(filter.createdFrom(), filter.createdUntil(), createdAt)
                && isWithin(filter.completedFrom(), filter.completedUntil(), completedAt);
    }

    private static <T> boolean isAmong(List<T> wanted, T value) {
        return wanted.isEmpty() || wanted.contains(value);
    }

    private static boolean isAny(String wanted, String value) {
        return wanted == null || wanted.equals(value);
    }

    private static boolean isWithin(Instant from, Instant until, Instant time) {
        if (time == null) return from == null && until == null;
        return (from == null || !time.isBefore(from)) && (until == null || time.isBefore(until));
    }

    WorkflowStatus snapshot(boolean payloads) {
        return new WorkflowStatus(
                origin.workflowId(),
                status,
                origin.name(),
                origin.queueName().equals(NewWorkflow.DIRECT_QUEUE) ? null : origin.queueName(),
                origin.priority(),
                origin.partitionKey(),
                payloads ? input : null,
                payloads ? output : null,
                payloads ? error : null,
                executorId,
                epoch,
                attempts,
                parentId,
                createdAt,
                status == WorkflowState.DELAYED ? wakeAt : null,
                startedAt,
                completedAt);
    }
}
