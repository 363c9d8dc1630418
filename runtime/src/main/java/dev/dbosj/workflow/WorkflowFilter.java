package dev.dbosj.workflow;

import java.util.List;
import java.util.Objects;

/**
 * Which workflows a listing shows. Immutable; every condition narrows it.
 *
 * @param states only these; empty for all
 * @param name only this workflow name; null for all
 * @param queueName only this queue; null for all
 * @param parentId only children of this workflow; null for all
 * @param idPrefix only ids that begin so; null for all
 * @param newestFirst the order, by the time of acceptance; default true
 * @param limit at most so many, 1 to 100,000; default 100
 * @param offset how many to pass over first; default 0
 * @param payloads whether input, output and error are loaded; default true
 */
public record WorkflowFilter(
        List<WorkflowState> states,
        String name,
        String queueName,
        String parentId,
        String idPrefix,
        boolean newestFirst,
        int limit,
        int offset,
        boolean payloads) {

    public WorkflowFilter {
        states = List.copyOf(Objects.requireNonNull(states, "states"));
        if (limit < 1 || limit > 100_000) throw new IllegalArgumentException("limit " + limit + " is outside 1..100000");
        if (offset < 0) throw new IllegalArgumentException("offset " + offset + " is negative");
        requireStorable("workflow name", name);
        requireStorable("queue name", queueName);
        requireStorable("parent id", parentId);
        requireStorable("id prefix", idPrefix);
    }

    /** What no workflow can have is not looked for: databases disagree on what it would mean. */
    private static void requireStorable(String what, String value) {
        if (value != null) WorkflowOptions.refuseUnstorable(what, value);
    }

    /** The 100 newest workflows. */
    public static WorkflowFilter all() {
        return new WorkflowFilter(List.of(), null, null, null, null, true, 100, 0, true);
    }

    public WorkflowFilter states(WorkflowState... states) {
        return new WorkflowFilter(List.of(states), name, queueName, parentId, idPrefix, newestFirst, limit, offset, payloads);
    }

    public WorkflowFilter name(String name) {
        return new WorkflowFilter(states, name, queueName, parentId, idPrefix, newestFirst, limit, offset, payloads);
    }

    public WorkflowFilter queueName(String queueName) {
        return new WorkflowFilter(states, name, queueName, parentId, idPrefix, newestFirst, limit, offset, payloads);
    }

    public WorkflowFilter parentId(String parentId) {
        return new WorkflowFilter(states, name, queueName, parentId, idPrefix, newestFirst, limit, offset, payloads);
    }

    public WorkflowFilter idPrefix(String idPrefix) {
        return new WorkflowFilter(states, name, queueName, parentId, idPrefix, newestFirst, limit, offset, payloads);
    }

    public WorkflowFilter newestFirst(boolean newestFirst) {
        return new WorkflowFilter(states, name, queueName, parentId, idPrefix, newestFirst, limit, offset, payloads);
    }

    public WorkflowFilter limit(int limit) {
        return new WorkflowFilter(states, name, queueName, parentId, idPrefix, newestFirst, limit, offset, payloads);
    }

    public WorkflowFilter offset(int offset) {
        return new WorkflowFilter(states, name, queueName, parentId, idPrefix, newestFirst, limit, offset, payloads);
    }

    public WorkflowFilter payloads(boolean payloads) {
        return new WorkflowFilter(states, name, queueName, parentId, idPrefix, newestFirst, limit, offset, payloads);
    }
}
