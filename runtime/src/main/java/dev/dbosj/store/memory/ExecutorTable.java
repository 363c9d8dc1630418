package dev.dbosj.store.memory;

import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.Owner;
import dev.dbosj.store.Tick;
import dev.dbosj.workflow.WorkflowState;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The members of the fleet, in the order in which they joined: which of them live, and taking over from the dead. */
final class ExecutorTable {
    private final Map<String, ExecutorInfo> members = new LinkedHashMap<>();
    private final WorkflowTable workflows;

    ExecutorTable(WorkflowTable workflows) {
        this.workflows = workflows;
    }

    List<ExecutorInfo> all() {
        return List.copyOf(members.values());
    }

    /** The workflow names that at least one member knows. */
    Set<String> names() {
        var names = new HashSet<String>();
        members.values().forEach(member -> names.addAll(member.names()));
        return names;
    }

    boolean isAlive(String executorId) {
        var member = members.get(executorId);
        return member != null && !member.gone();
    }

    void join(ExecutorInfo executor, Instant now) {
        members.put(executor.executorId(), at(now, executor, false));
    }

    private static ExecutorInfo at(Instant heartbeat, ExecutorInfo executor, boolean gone) {
        return new ExecutorInfo(
                executor.executorId(), executor.application(), executor.names(), executor.lease(), heartbeat, gone);
    }

    Tick tick(String executorId, boolean heartbeat, Instant now, long queuesVersion) {
        boolean alive = isAlive(executorId);
        if (heartbeat && alive) members.computeIfPresent(executorId, (id, member) -> at(now, member, false));
        var cancelled = new LinkedHashSet<Owner>();
        owned(executorId)
                .filter(row -> row.status == WorkflowState.CANCELLED)
                .forEach(row -> cancelled.add(row.owner()));
        var others = members.values().stream().filter(other -> !other.executorId().equals(executorId)).toList();
        return new Tick(alive, now, cancelled, others, queuesVersion);
    }

    /** The workflows of an executor, in the order of acceptance. */
    Stream<WorkflowRow> owned(String executorId) {
        return workflows.owned().filter(row -> row.executorId.equals(executorId));
    }

    /** @return how many workflows were taken over */
    int takeOver(ExecutorInfo dead, int limit, Instant now) {
        var member = members.get(dead.executorId());
        if (member == null) return 0;
        boolean unchanged = member.heartbeat().equals(dead.heartbeat());
        boolean late = unchanged && member.heartbeat().plus(member.lease()).isBefore(now);
        if (!late && !dead.gone() && !member.gone()) return 0;
        members.put(dead.executorId(), at(member.heartbeat(), member, true));
        var rows = owned(dead.executorId()).limit(limit).toList();
        for (var row : rows) {
            row.countAttempt();
            workflows.giveBack(row, workflows.pauseAfter(row.attempts, now), now);
        }
        if (rows.size() < limit) members.remove(dead.executorId());
        return rows.size();
    }

    /** Leaves nothing behind, unless there are workflows to take over. */
    void leave(String executorId) {
        if (owned(executorId).findAny().isEmpty()) members.remove(executorId);
    }
}
