package dev.dbosj.store.memory;

import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import dev.dbosj.workflow.WorkflowState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Failed attempts, and what is done with dead letters. Guarded by the store's lock. */
final class DeadLetters {
    private final WorkflowTable workflows;

    DeadLetters(WorkflowTable workflows) {
        this.workflows = workflows;
    }

    void fail(Effect.Fail fail, WorkflowRow row, Instant now) {
        boolean dead = fail.pause() == null;
        row.keepFailed(fail.error(), fail.step(), dead, now);
        if (dead) {
            row.error = fail.error();
            row.executorId = null;
            row.completedAt = now;
            workflows.move(row, WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);
        } else {
            row.forget(fail.step());
            workflows.retry(row, now.plus(fail.pause()), now);
        }
    }

    Outcome redrive(Effect.Redrive redrive, Instant now) {
        for (var one : redrive.workflows()) {
            var active = one.fromStep() == null ? null : activeIn(startedFrom(one));
            if (active != null) return new Outcome.Refused(Outcome.Reason.STILL_ACTIVE, active.origin.workflowId());
        }
        var redriven = new ArrayList<String>();
        for (var one : redrive.workflows()) if (redrive(one, now)) redriven.add(one.workflowId());
        return new Outcome.Applied(redriven);
    }

    private boolean redrive(Effect.Redriven one, Instant now) {
        var row = workflows.get(one.workflowId());
        if (!isDead(row)) return false;
        if (one.fromStep() != null) {
            startedFrom(one).forEach(workflows::remove);
            row.checkpoints.tailMap(one.fromStep()).clear();
        }
        if (one.input() != null) row.input = one.input();
        workflows.resume(row, now);
        if (one.pause().isZero()) return true;
        row.wakeAt = now.plus(one.pause());
        workflows.move(row, WorkflowState.DELAYED);
        return true;
    }

    /** Those that it has started from that step on under ids of the engine's choice, and all their descendants. */
    private List<WorkflowRow> startedFrom(Effect.Redriven one) {
        var row = workflows.get(one.workflowId());
        if (!isDead(row)) return List.of();
        var started = new ArrayList<WorkflowRow>();
        for (var child : workflows.childrenOf(row)) {
            var id = child.origin.workflowId();
            if (row.checkpoints.tailMap(one.fromStep()).keySet().stream()
                    .anyMatch(step -> id.equals(one.workflowId() + "-" + step)))
                started.add(child);
        }
        for (int i = 0; i < started.size(); i++) started.addAll(workflows.childrenOf(started.get(i)));
        return started;
    }

    /** One that has not ended, or was taken up more than once: somebody who was stopped may believe that it is his. */
    private static WorkflowRow activeIn(List<WorkflowRow> rows) {
        return rows.stream()
                .filter(row -> !row.status.isTerminal() || row.executorId != null || row.epoch > 1)
                .findFirst()
                .orElse(null);
    }

    Outcome purge(Effect.Purge purge) {
        var purged = new ArrayList<String>();
        for (var id : purge.workflowIds()) {
            var row = workflows.get(id);
            if (!isDead(row) || isWaitedFor(row)) continue;
            workflows.remove(row);
            purged.add(id);
        }
        return new Outcome.Applied(purged);
    }

    private boolean isWaitedFor(WorkflowRow row) {
        var parent = row.parentId == null ? null : workflows.get(row.parentId);
        return parent != null && parent.status != WorkflowState.SUCCESS && parent.status != WorkflowState.ERROR;
    }

    static boolean isDead(WorkflowRow row) {
        return row != null && row.status == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED;
    }
}
