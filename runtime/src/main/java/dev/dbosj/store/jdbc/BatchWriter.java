package dev.dbosj.store.jdbc;

import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.workflow.WorkflowState;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Applies one batch of commands, one after the other, within one write transaction. What it decides by is read at once,
 * before the first; workflow rows are written at once, after the last.
 */
public final class BatchWriter {
    private static final String SET_EVENT = """
            insert into {schema}workflow_events (workflow_sequence, key, value)
            values (?, ?, ?)
                on conflict (workflow_sequence, key) do update
               set value = excluded.value
            """;

    private final Session session;
    private final WorkflowRows rows;
    private final Checkpoints checkpoints;
    private final Members members;
    private final Submissions submissions;
    private final Messages messages;
    private final QueueRows queues;
    private final DeadLetters deadLetters;
    private final Admissions admissions;
    private final Instant now;
    private final Map<Owner, Outcome> ended = new HashMap<>();
    private final Map<String, Boolean> alive = new HashMap<>();
    private final List<Object[]> events = new ArrayList<>();

    /**
     * @param rows with all rows that the batch is {@link #workflowIds about}
     */
    public BatchWriter(Session session, WorkflowRows rows, Checkpoints checkpoints, Members members, Instant now) {
        this.session = session;
        this.rows = rows;
        this.checkpoints = checkpoints;
        this.members = members;
        this.submissions = new Submissions(session, now);
        this.messages = new Messages(session, rows, now);
        this.queues = new QueueRows(session);
        this.deadLetters = new DeadLetters(session, rows, checkpoints, now);
        this.admissions = new Admissions(session, rows, now);
        this.now = now;
    }

    /** Carries out the commands and answers each in the same position. */
    public List<Outcome> apply(List<Command> batch) throws SQLException {
        rows.reserve(inserts(batch));
        messages.load(batch);
        admissions.load(batch);
        var outcomes = new ArrayList<Outcome>(batch.size());
        for (var command : batch) {
            var outcome = ended.get(command.owner());
            if (outcome == null) outcome = apply(command);
            if (command.owner() != null && !(outcome instanceof Outcome.Applied)) ended.put(command.owner(), outcome);
            outcomes.add(outcome);
        }
        rows.flush();
        checkpoints.flush();
        session.updateEach(SET_EVENT, events);
        messages.flush();
        admissions.flush();
        return outcomes;
    }

    private static int inserts(List<Command> batch) {
        int inserts = 0;
        for (var command : batch)
            if (command.effect() instanceof Effect.Insert insert) inserts += insert.workflows().size();
        return inserts;
    }

    /** The workflows whose rows a batch reads or writes, descendants aside. */
    public static Set<String> workflowIds(List<Command> batch) {
        var ids = new LinkedHashSet<String>();
        for (var command : batch) {
            if (command.owner() != null) ids.add(command.owner().workflowId());
            if (command.effect() instanceof Effect.Insert insert)
                for (var workflow : insert.workflows()) ids.add(workflow.workflowId());
            if (command.effect() instanceof Effect.Change change) ids.addAll(change.workflowIds());
            if (command.effect() instanceof Effect.Purge purge) ids.addAll(purge.workflowIds());
            if (command.effect() instanceof Effect.Redrive redrive)
                for (var one : redrive.workflows()) ids.add(one.workflowId());
            if (command.effect() instanceof Effect.Debounce debounce) ids.add(debounce.workflowId());
        }
        return ids;
    }

    /** The executors that are to own workflows which the batch inserts. */
    public static Set<String> executorIds(List<Command> batch) {
        var ids = new LinkedHashSet<String>();
        for (var command : batch)
            if (command.effect() instanceof Effect.Insert insert)
                for (var workflow : insert.workflows())
                    if (workflow.executorId() != null) ids.add(workflow.executorId());
        return ids;
    }

    private Outcome apply(Command command) throws SQLException {
        if (command.owner() == null) return effect(command.effect(), null);
        var row = rows.get(command.owner().workflowId());
        if (row == null) return new Outcome.Fenced(-1);
        if (row.epoch != command.owner().epoch()) return new Outcome.Fenced(row.epoch);

        boolean running = row.executorId != null
                && (row.status == WorkflowState.PENDING || command.effect() instanceof Effect.Release);
        return running ? applyTo(row, command) : applyLate(row, command);
    }

    private Outcome applyTo(WorkflowRow row, Command command) throws SQLException {
        var checkpoint = command.checkpoint();
        if (checkpoint == null) return effect(command.effect(), row);
        if (!checkpoints.record(row, checkpoint)) return repeated(row, command);
        var outcome = effect(command.effect(), row);
        if (!(outcome instanceof Outcome.Applied)) checkpoints.takeBack(row, checkpoint);
        return outcome;
    }

    /** The run has ended: by itself, so that this can be a repeat, or because it was cancelled. */
    private Outcome applyLate(WorkflowRow row, Command command) throws SQLException {
        var checkpoint = command.checkpoint();
        if (checkpoint != null && checkpoints.find(row, checkpoint.step()) != null) return repeated(row, command);
        if (row.executorId == null)
            return isRepeat(command.effect(), row) ? Outcome.APPLIED : new Outcome.Fenced(row.epoch);
        if (checkpoint != null && command.effect() instanceof Effect.Nothing) checkpoints.record(row, checkpoint);
        return new Outcome.Cancelled();
    }

    private Outcome repeated(WorkflowRow row, Command command) throws SQLException {
        var recorded = checkpoints.find(row, command.checkpoint().step());
        // Everything that the insert names exists: nothing is inserted, and what was joined is named again.
        if (recorded.records(command.checkpoint()))
            return command.effect() instanceof Effect.Insert insert ? insert(insert) : Outcome.APPLIED;
        return new Outcome.Refused(Outcome.Reason.STEP_TAKEN,
                "step %d of workflow %s is recorded as '%s'"
                        .formatted(recorded.step(), row.workflowId, recorded.name()));
    }

    private boolean isRepeat(Effect effect, WorkflowRow row) throws SQLException {
        if (effect instanceof Effect.Fail fail)
            return rows.endedAs(row, WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED, null, fail.error());
        return effect instanceof Effect.Finish finish
                && rows.endedAs(row, finish.status(), finish.output(), finish.error());
    }

    private Outcome effect(Effect effect, WorkflowRow owner) throws SQLException {
        return switch (effect) {
            case Effect.Nothing nothing -> Outcome.APPLIED;
            case Effect.Insert insert -> insert(insert);
            case Effect.Finish finish -> finish(finish, owner);
            case Effect.Release release -> release(release, owner);
            case Effect.Fail fail -> deadLetters.fail(fail, owner);
            case Effect.SetEvent event -> setEvent(event, owner);
            case Effect.Send send -> messages.send(send);
            case Effect.Receive receive -> messages.receive(receive, owner);
            case Effect.Debounce debounce -> submissions.once(debounce.nonce(), () -> debounce(debounce));
            case Effect.Change change -> submissions.once(change.nonce(), () -> change(change));
            case Effect.Redrive redrive -> submissions.once(redrive.nonce(), () -> deadLetters.redrive(redrive));
            case Effect.Purge purge -> submissions.once(purge.nonce(), () -> deadLetters.purge(purge));
            case Effect.Define define -> submissions.once(define.nonce(), () -> queues.define(define));
            case Effect.Steer steer -> submissions.once(steer.nonce(), () -> queues.steer(steer));
        };
    }

    private Outcome setEvent(Effect.SetEvent event, WorkflowRow owner) {
        events.add(new Object[] {owner.sequence, event.key(), event.value()});
        return Outcome.APPLIED;
    }

    private Outcome insert(Effect.Insert insert) throws SQLException {
        var fresh = new LinkedHashMap<String, NewWorkflow>();
        var joined = new ArrayList<String>();
        for (var workflow : insert.workflows()) {
            var row = rows.get(workflow.workflowId());
            var twin = fresh.get(workflow.workflowId());
            if (row == null && twin == null) {
                fresh.put(workflow.workflowId(), workflow);
                continue;
            }
            var name = row == null ? twin.name() : row.name;
            if ((row == null ? twin.uid() : row.uid) == workflow.uid()) continue;
            if (!insert.join() || !name.equals(workflow.name()))
                return new Outcome.Refused(Outcome.Reason.ID_TAKEN,
                        "id %s is taken by a workflow named '%s'".formatted(workflow.workflowId(), name));
            joined.add(workflow.workflowId());
        }
        var refused = insert.guarded() ? admissions.refusal(fresh.values()) : null;
        if (refused != null) return refused;
        for (var workflow : fresh.values()) {
            boolean counted = insert.guarded() && admissions.counts(workflow);
            var row = rows.insert(workflow, queues.rank(workflow, now), isAlive(workflow.executorId()), counted, now);
            if (insert.guarded()) admissions.admitted(workflow, row.sequence);
        }
        return joined.isEmpty() ? Outcome.APPLIED : new Outcome.Applied(joined);
    }

    private Outcome debounce(Effect.Debounce debounce) throws SQLException {
        rows.flush();
        var row = rows.get(debounce.workflowId());
        boolean debounced = row != null
                && row.status == WorkflowState.DELAYED
                && admissions.putOff(row, debounce.delay(), debounce.input());
        if (!debounced) return new Outcome.Refused(Outcome.Reason.TOO_LATE, debounce.workflowId());
        rows.update(row);
        return Outcome.APPLIED;
    }

    private boolean isAlive(String executorId) throws SQLException {
        if (executorId == null) return false;
        var known = alive.get(executorId);
        if (known == null) alive.put(executorId, known = members.isAlive(executorId));
        return known;
    }

    private Outcome finish(Effect.Finish finish, WorkflowRow owner) {
        owner.finish(finish.status(), finish.output(), finish.error(), now);
        rows.update(owner);
        return Outcome.APPLIED;
    }

    private Outcome release(Effect.Release release, WorkflowRow owner) throws SQLException {
        var until = release.until();
        if (release.countAttempt()) {
            rows.flush();
            checkpoints.flush();
            rows.countAttempts(List.of(owner));
            if (until == null) until = owner.pauseEnd(now);
        }
        owner.giveBack(until, now);
        rows.update(owner);
        return Outcome.APPLIED;
    }

    private boolean resume(WorkflowRow row) throws SQLException {
        deadLetters.forgetUndoing(row);
        return row.requestResume(now);
    }

    private Outcome change(Effect.Change change) throws SQLException {
        for (var id : change.workflowIds())
            if (rows.get(id) == null) return new Outcome.Refused(Outcome.Reason.NO_SUCH_WORKFLOW, id);
        var changed = new ArrayList<String>();
        for (var row : rows.families(change.workflowIds())) {
            boolean did = switch (change.amendment()) {
                case CANCEL -> row.cancel(now);
                case RESUME -> resume(row);
            };
            if (!did) continue;
            rows.update(row);
            changed.add(row.workflowId);
        }
        return new Outcome.Applied(changed);
    }
}
