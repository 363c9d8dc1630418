package dev.dbosj.store.memory;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.workflow.WorkflowState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;

/** Applies a batch of commands, one after the other, all at the same time of the clock. */
final class BatchWriter {
    private final WorkflowTable workflows;
    private final QueueTable queues;
    private final ExecutorTable executors;
    private final Submissions submissions;
    private final Admissions admissions;
    private final DeadLetters deadLetters;
    private final Instant now;

    BatchWriter(
            WorkflowTable workflows, QueueTable queues, ExecutorTable executors, Submissions submissions, Instant now) {
        this.workflows = workflows;
        this.queues = queues;
        this.executors = executors;
        this.submissions = submissions;
        this.admissions = new Admissions(workflows, queues);
        this.deadLetters = new DeadLetters(workflows);
        this.now = now;
    }

    /** The outcome of each. After one that was not applied its owner's others are answered alike. */
    List<Outcome> apply(List<Command> batch) {
        var ended = new HashMap<Owner, Outcome>();
        var outcomes = new ArrayList<Outcome>(batch.size());
        for (var command : batch) {
            var outcome = ended.get(command.owner());
            if (outcome == null) outcome = apply(command);
            if (command.owner() != null && !(outcome instanceof Outcome.Applied)) ended.put(command.owner(), outcome);
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private Outcome apply(Command command) {
        if (command.owner() == null) return effect(command.effect(), null);
        var row = workflows.get(command.owner().workflowId());
        if (row == null) return new Outcome.Fenced(-1);
        if (row.epoch != command.owner().epoch()) return new Outcome.Fenced(row.epoch);

        var checkpoint = command.checkpoint();
        if (checkpoint != null) {
            var recorded = row.checkpoints.get(checkpoint.step());
            if (recorded != null)
                return recorded.records(checkpoint) ? repeated(command.effect()) : taken(row, recorded);
        }
        if (row.executorId == null)
            return isRepeat(command.effect(), row) ? Outcome.APPLIED : new Outcome.Fenced(row.epoch);
        if (row.status == WorkflowState.CANCELLED && !(command.effect() instanceof Effect.Release)) {
            if (checkpoint != null && command.effect() instanceof Effect.Nothing)
                row.checkpoints.put(checkpoint.step(), checkpoint);
            return new Outcome.Cancelled();
        }
        var outcome = effect(command.effect(), row);
        if (checkpoint != null && outcome instanceof Outcome.Applied)
            row.checkpoints.put(checkpoint.step(), checkpoint);
        return outcome;
    }

    /** The answer to what was carried out before. */
    private Outcome repeated(Effect effect) {
        if (!(effect instanceof Effect.Insert insert)) return Outcome.APPLIED;
        return new Outcome.Applied(insert.workflows().stream()
                .filter(workflow -> workflows.get(workflow.workflowId()).origin.uid() != workflow.uid())
                .map(NewWorkflow::workflowId)
                .toList());
    }

    private static Outcome taken(WorkflowRow row, Checkpoint recorded) {
        return new Outcome.Refused(Outcome.Reason.STEP_TAKEN,
                "step %d of workflow %s is recorded as '%s'"
                        .formatted(recorded.step(), row.origin.workflowId(), recorded.name()));
    }

    private static boolean isRepeat(Effect effect, WorkflowRow row) {
        if (effect instanceof Effect.Fail fail)
            return row.status == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED && fail.error().equals(row.error);
        return effect instanceof Effect.Finish finish
                && finish.status() == row.status
                && Objects.equals(finish.output(), row.output)
                && Objects.equals(finish.error(), row.error);
    }

    private Outcome effect(Effect effect, WorkflowRow row) {
        return switch (effect) {
            case Effect.Nothing nothing -> Outcome.APPLIED;
            case Effect.Insert insert -> insert(insert);
            case Effect.Finish finish -> finish(finish, row);
            case Effect.Release release -> release(release, row);
            case Effect.Fail fail -> fail(fail, row);
            case Effect.SetEvent event -> setEvent(event, row);
            case Effect.Send send -> send(send);
            case Effect.Receive receive -> receive(receive, row);
            case Effect.Debounce debounce -> submissions.once(debounce.nonce(), () -> admissions.putOff(debounce, now));
            case Effect.Change change -> submissions.once(change.nonce(), () -> change(change));
            case Effect.Redrive redrive -> submissions.once(redrive.nonce(), () -> deadLetters.redrive(redrive, now));
            case Effect.Purge purge -> submissions.once(purge.nonce(), () -> deadLetters.purge(purge));
            case Effect.Define define -> submissions.once(define.nonce(), () -> define(define));
            case Effect.Steer steer -> submissions.once(steer.nonce(), () -> steer(steer));
        };
    }

    private Outcome setEvent(Effect.SetEvent event, WorkflowRow row) {
        row.events.put(event.key(), event.value());
        return Outcome.APPLIED;
    }

    private Outcome send(Effect.Send send) {
        var row = workflows.get(send.workflowId());
        if (row == null) return new Outcome.Refused(Outcome.Reason.NO_SUCH_WORKFLOW, send.workflowId());
        row.messages.putIfAbsent(send.messageId(), new WorkflowRow.Message(send.topic(), send.message()));
        return Outcome.APPLIED;
    }

    private Outcome receive(Effect.Receive receive, WorkflowRow row) {
        var message = row.messages.get(receive.messageId());
        if (message == null || message.text() == null)
            return new Outcome.Refused(Outcome.Reason.NO_SUCH_MESSAGE, receive.messageId());
        row.messages.put(receive.messageId(), new WorkflowRow.Message(message.topic(), null));
        return Outcome.APPLIED;
    }

    private Outcome insert(Effect.Insert insert) {
        var fresh = new LinkedHashMap<String, NewWorkflow>();
        var joined = new ArrayList<String>();
        for (var workflow : insert.workflows()) {
            var row = workflows.get(workflow.workflowId());
            var existing = row == null ? fresh.get(workflow.workflowId()) : row.origin;
            if (existing == null) fresh.put(workflow.workflowId(), workflow);
            else if (existing.uid() == workflow.uid()) continue;
            else if (insert.join() && existing.name().equals(workflow.name())) joined.add(workflow.workflowId());
            else return new Outcome.Refused(Outcome.Reason.ID_TAKEN,
                    "id %s is taken by a workflow named '%s'".formatted(existing.workflowId(), existing.name()));
        }
        var refused = insert.guarded() ? admissions.refusal(fresh.values()) : null;
        if (refused != null) return refused;
        for (var workflow : fresh.values()) {
            var queue = queues.get(workflow.queueName());
            workflows.insert(workflow, queue, executors.isAlive(workflow.executorId()), now).counted =
                    insert.guarded() && queue.bound() != null;
        }
        return new Outcome.Applied(joined);
    }

    private Outcome finish(Effect.Finish finish, WorkflowRow row) {
        row.output = finish.output();
        row.error = finish.error();
        row.executorId = null;
        row.completedAt = now;
        workflows.move(row, finish.status());
        return Outcome.APPLIED;
    }

    private Outcome release(Effect.Release release, WorkflowRow row) {
        var until = release.until();
        if (release.countAttempt()) {
            row.countAttempt();
            if (until == null) until = workflows.pauseAfter(row.attempts, now);
        }
        workflows.giveBack(row, until, now);
        return Outcome.APPLIED;
    }

    private Outcome fail(Effect.Fail fail, WorkflowRow row) {
        deadLetters.fail(fail, row, now);
        return Outcome.APPLIED;
    }

    private Outcome change(Effect.Change change) {
        for (var id : change.workflowIds())
            if (workflows.get(id) == null) return new Outcome.Refused(Outcome.Reason.NO_SUCH_WORKFLOW, id);
        var changed = new LinkedHashSet<String>();
        for (var row : workflows.families(change.workflowIds())) {
            boolean did = switch (change.amendment()) {
                case CANCEL -> cancel(row);
                case RESUME -> resume(row);
            };
            if (did) changed.add(row.origin.workflowId());
        }
        return new Outcome.Applied(List.copyOf(changed));
    }

    private boolean cancel(WorkflowRow row) {
        row.resumeRequested = false;
        if (row.status.isTerminal()) return false;
        row.completedAt = now;
        workflows.move(row, WorkflowState.CANCELLED);
        return true;
    }

    private boolean resume(WorkflowRow row) {
        if (row.status != WorkflowState.CANCELLED && !DeadLetters.isDead(row)) return false;
        if (row.executorId != null) row.resumeRequested = true;
        else workflows.resume(row, now);
        return true;
    }

    private Outcome define(Effect.Define define) {
        var queue = define.queue();
        boolean becomesBounded = queue.bound() != null && queues.get(queue.name()).bound() == null;
        queues.define(queue);
        if (becomesBounded)
            for (var row : workflows.all())
                if (row.isOn(queue.name()) && row.waitsForItsFirstStart()) row.counted = true;
        return Outcome.APPLIED;
    }

    private Outcome steer(Effect.Steer steer) {
        return queues.steer(steer.queueName(), steer.state())
                ? Outcome.APPLIED
                : new Outcome.Refused(Outcome.Reason.NO_SUCH_QUEUE, steer.queueName());
    }
}
