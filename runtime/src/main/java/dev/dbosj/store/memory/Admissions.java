package dev.dbosj.store.memory;

import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import java.time.Instant;
import java.util.Collection;
import java.util.TreeMap;

/** What guarded inserts must keep to: bounds of queues and keys of workflows. Guarded by the store's lock. */
final class Admissions {
    private final WorkflowTable workflows;
    private final QueueTable queues;

    Admissions(WorkflowTable workflows, QueueTable queues) {
        this.workflows = workflows;
        this.queues = queues;
    }

    /** What keeps them from being accepted; null if nothing does. */
    Outcome refusal(Collection<NewWorkflow> fresh) {
        var more = new TreeMap<String, Long>();
        for (var workflow : fresh) {
            var holder = workflow.key() == null ? null : workflows.keys().holder(workflow);
            if (holder != null) return new Outcome.Refused(Outcome.Reason.KEY_HELD, holder.origin.workflowId());
            more.merge(workflow.queueName(), 1L, Long::sum);
        }
        for (var queue : more.entrySet()) {
            var maxDepth = queues.get(queue.getKey()).maxDepth();
            long depth = maxDepth == null ? 0 : workflows.depth(queue.getKey());
            if (maxDepth != null && depth + queue.getValue() > maxDepth)
                return new Outcome.Refused(Outcome.Reason.QUEUE_FULL, Long.toString(depth));
        }
        return null;
    }

    /** Puts a workflow off, if it holds a key of that kind. */
    Outcome putOff(Effect.Debounce debounce, Instant now) {
        var row = workflows.get(debounce.workflowId());
        if (row == null || !workflows.keys().holdsKey(row) || !row.origin.key().isHeldWhileDelayed())
            return new Outcome.Refused(Outcome.Reason.TOO_LATE, debounce.workflowId());
        var latest = row.createdAt.plus(row.origin.key().longestDelay());
        var wakeAt = now.plus(debounce.delay());
        row.wakeAt = wakeAt.isBefore(latest) ? wakeAt : latest;
        row.input = debounce.input();
        return Outcome.APPLIED;
    }
}
