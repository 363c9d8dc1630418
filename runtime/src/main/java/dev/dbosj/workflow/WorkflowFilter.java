package dev.dbosj.workflow;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Which workflows are listed, or changed together. Immutable; every condition narrows it. Times are compared in whole
 * milliseconds.
 *
 * @param states only these; empty for all
 * @param names only these workflow names; empty for all
 * @param queueNames only these queues; empty for all
 * @param parentId only children of this workflow; null for all
 * @param executorId only those that this executor owns now; null for all
 * @param partitionKey only those with this partition key; null for all
 * @param idPrefix only ids that begin so; null for all
 * @param createdFrom only those accepted then or later; null for all
 * @param createdUntil only those accepted before; null for all
 * @param completedFrom only those that ended then or later; null for all
 * @param completedUntil only those that ended before; null for all
 * @param newestFirst the order, by the time of acceptance; default true
 * @param limit at most so many, 1 to 100,000; default 100
 * @param offset how many to pass over first; default 0. What is passed over is read: {@code after} costs nothing.
 * @param after begin behind the workflow of this id, the last one of the page before; null to begin at the start.
 *     Behind an unknown id there is nothing.
 * @param payloads whether input, output and error are loaded; default true
 */
public record WorkflowFilter(
        List<WorkflowState> states,
        List<String> names,
        List<String> queueNames,
        String parentId,
        String executorId,
        String partitionKey,
        String idPrefix,
        Instant createdFrom,
        Instant createdUntil,
        Instant completedFrom,
        Instant completedUntil,
        boolean newestFirst,
        int limit,
        int offset,
        String after,
        boolean payloads) {

    public WorkflowFilter {
        states = List.copyOf(Objects.requireNonNull(states, "states"));
        names = List.copyOf(Objects.requireNonNull(names, "names"));
        queueNames = List.copyOf(Objects.requireNonNull(queueNames, "queueNames"));
        if (limit < 1 || limit > 100_000) throw new IllegalArgumentException("limit " + limit + " is outside 1..100000");
        if (offset < 0) throw new IllegalArgumentException("offset " + offset + " is negative");
        for (var name : names) requireStorable("workflow name", name);
        for (var queueName : queueNames) requireStorable("queue name", queueName);
        requireStorable("parent id", parentId);
        requireStorable("executor id", executorId);
        requireStorable("partition key", partitionKey);
        requireStorable("id prefix", idPrefix);
        requireStorable("workflow id", after);
        createdFrom = inMilliseconds(createdFrom);
        createdUntil = inMilliseconds(createdUntil);
        completedFrom = inMilliseconds(completedFrom);
        completedUntil = inMilliseconds(completedUntil);
    }

    /** What no workflow can have is not looked for: databases disagree on what it would mean. */
    private static void requireStorable(String what, String value) {
        if (value != null) WorkflowOptions.refuseUnstorable(what, value);
    }

    /** Rounded up: what is stored has no smaller parts, so that keeps both comparisons as they are. */
    private static Instant inMilliseconds(Instant time) {
        if (time == null) return null;
        try {
            var floor = Instant.ofEpochMilli(time.toEpochMilli());
            return floor.equals(time) ? time : floor.plus(1, ChronoUnit.MILLIS);
        } catch (ArithmeticException tooFar) {
            throw new IllegalArgumentException("time " + time + " is too far away", tooFar);
        }
    }

    /** The 100 newest workflows. */
    public static WorkflowFilter all() {
        return new Draft().filter();
    }

    public WorkflowFilter states(WorkflowState... states) {
        return with(draft -> draft.states = List.of(states));
    }

    public WorkflowFilter states(List<WorkflowState> states) {
        return with(draft -> draft.states = states);
    }

    public WorkflowFilter name(String name) {
        return with(draft -> draft.names = name == null ? List.of() : List.of(name));
    }

    public WorkflowFilter names(List<String> names) {
        return with(draft -> draft.names = names);
    }

    public WorkflowFilter queueName(String queueName) {
        return with(draft -> draft.queueNames = queueName == null ? List.of() : List.of(queueName));
    }

    public WorkflowFilter queueNames(List<String> queueNames) {
        return with(draft -> draft.queueNames = queueNames);
    }

    public WorkflowFilter parentId(String parentId) {
        return with(draft -> draft.parentId = parentId);
    }

    public WorkflowFilter executorId(String executorId) {
        return with(draft -> draft.executorId = executorId);
    }

    public WorkflowFilter partitionKey(String partitionKey) {
        return with(draft -> draft.partitionKey = partitionKey);
    }

    public WorkflowFilter idPrefix(String idPrefix) {
        return with(draft -> draft.idPrefix = idPrefix);
    }

    public WorkflowFilter createdFrom(Instant createdFrom) {
        return with(draft -> draft.createdFrom = createdFrom);
    }

    public WorkflowFilter createdUntil(Instant createdUntil) {
        return with(draft -> draft.createdUntil = createdUntil);
    }

    public WorkflowFilter completedFrom(Instant completedFrom) {
        return with(draft -> draft.completedFrom = completedFrom);
    }

    public WorkflowFilter completedUntil(Instant completedUntil) {
        return with(draft -> draft.completedUntil = completedUntil);
    }

    public WorkflowFilter newestFirst(boolean newestFirst) {
        return with(draft -> draft.newestFirst = newestFirst);
    }

    public WorkflowFilter limit(int limit) {
        return with(draft -> draft.limit = limit);
    }

    public WorkflowFilter offset(int offset) {
        return with(draft -> draft.offset = offset);
    }

    public WorkflowFilter after(String after) {
        return with(draft -> draft.after = after);
    }

    public WorkflowFilter payloads(boolean payloads) {
        return with(draft -> draft.payloads = payloads);
    }

    private WorkflowFilter with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.filter();
    }

    /** A filter whose parts can be set one by one. */
    private static final class Draft {
        List<WorkflowState> states = List.of();
        List<String> names = List.of();
        List<String> queueNames = List.of();
        String parentId;
        String executorId;
        String partitionKey;
        String idPrefix;
        Instant createdFrom;
        Instant createdUntil;
        Instant completedFrom;
        Instant completedUntil;
        boolean newestFirst = true;
        int limit = 100;
        int offset;
        String after;
        boolean payloads = true;

        Draft() {}

        Draft(WorkflowFilter filter) {
            states = filter.states;
            names = filter.names;
            queueNames = filter.queueNames;
            parentId = filter.parentId;
            executorId = filter.executorId;
            partitionKey = filter.partitionKey;
            idPrefix = filter.idPrefix;
            createdFrom = filter.createdFrom;
            createdUntil = filter.createdUntil;
            completedFrom = filter.completedFrom;
            completedUntil = filter.completedUntil;
            newestFirst = filter.newestFirst;
            limit = filter.limit;
            offset = filter.offset;
            after = filter.after;
            payloads = filter.payloads;
        }

        WorkflowFilter filter() {
            return new WorkflowFilter(
                    states, names, queueNames, parentId, executorId, partitionKey, idPrefix, createdFrom,
                    createdUntil, completedFrom, completedUntil, newestFirst, limit, offset, after, payloads);
        }
    }
}
