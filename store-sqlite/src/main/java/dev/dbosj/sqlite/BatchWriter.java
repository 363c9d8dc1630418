package dev.dbosj.sqlite;

import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.jdbc.Rows;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.workflow.WorkflowState;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Applies one batch of commands, one after the other, within one write transaction. What it decides by is read at once,
 * before the first; a row that it writes costs one prepared statement, which SQLite runs without any round trip.
 */
final class BatchWriter {
    private record Origin(long uid, String name) {}

    private record Ending(WorkflowState status, String output, String error) {}

    private static final String RECORD = """
            insert into operation_outputs (
                workflow_sequence, step, name, output, error, child_id, started_at, completed_at)
            values (?, ?, ?, ?, ?, ?, ?, ?)
                on conflict do nothing
            """;

    private static final String RECORDED = "select " + Rows.CHECKPOINT + """
              from operation_outputs
             where workflow_sequence = ? and step = ?
            """;

    private static final String TAKE_BACK = "delete from operation_outputs where workflow_sequence = ? and step = ?";

    private static final String ORIGIN = "select uid, name from workflow_status where sequence = ?";

    private static final String ENDING = "select status, output, error from workflow_status where sequence = ?";

    private static final String SET_EVENT = """
            insert into workflow_events (workflow_sequence, key, value)
            values (?, ?, ?)
                on conflict do update
               set value = excluded.value
            """;

    private static final String DEFINE = """
            insert into queues (name, concurrency, worker_concurrency, version)
            values (?, ?, ?, (select coalesce(max(version), 0) + 1 from queues))
                on conflict do update
               set concurrency = excluded.concurrency,
                   worker_concurrency = excluded.worker_concurrency,
                   version = excluded.version
             where concurrency is not excluded.concurrency
                or worker_concurrency is not excluded.worker_concurrency
            """;

    private static final String ANSWERED = "select answer from submissions where nonce = ?";

    private static final String ANSWER = "insert into submissions (nonce, answer, created_at) values (?, ?, ?)";

    private static final String FORGET = "delete from submissions where created_at < ?";

    /** A copy of a message does not come later than that. */
    private static final Duration REMEMBERED = Duration.ofDays(1);

    private final Session session;
    private final SqliteExecutors executors;
    private final WorkflowRows rows;
    private final Instant now;
    private final Map<Owner, Outcome> ended = new HashMap<>();
    private final Map<String, Boolean> alive = new HashMap<>();

    BatchWriter(Session session, SqliteExecutors executors, Instant now) {
        this.session = session;
        this.executors = executors;
        this.rows = new WorkflowRows(session);
        this.now = now;
    }

    List<Outcome> apply(List<Command> batch) throws SQLException {
        rows.load(workflowIds(batch));
        var outcomes = new ArrayList<Outcome>(batch.size());
        for (var command : batch) {
            var outcome = ended.get(command.owner());
            if (outcome == null) outcome = apply(command);
            if (command.owner() != null && !(outcome instanceof Outcome.Applied)) ended.put(command.owner(), outcome);
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private static Set<String> workflowIds(List<Command> batch) {
        var ids = new LinkedHashSet<String>();
        for (var command : batch) {
            if (command.owner() != null) ids.add(command.owner().workflowId());
            if (command.effect() instanceof Effect.Insert insert)
                for (var workflow : insert.workflows()) ids.add(workflow.workflowId());
            if (command.effect() instanceof Effect.Change change) ids.addAll(change.workflowIds());
        }
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
        if (!record(row, checkpoint)) return repeated(row, command);
        var outcome = effect(command.effect(), row);
        if (!(outcome instanceof Outcome.Applied)) session.update(TAKE_BACK, row.sequence, checkpoint.step());
        return outcome;
    }

    /** The run has ended: by itself, so that this can be a repeat, or because it was cancelled. */
    private Outcome applyLate(WorkflowRow row, Command command) throws SQLException {
        var checkpoint = command.checkpoint();
        if (checkpoint != null && recorded(row, checkpoint) != null) return repeated(row, command);
        if (row.executorId == null)
            return isRepeat(command.effect(), row) ? Outcome.APPLIED : new Outcome.Fenced(row.epoch);
        if (checkpoint != null && command.effect() instanceof Effect.Nothing) record(row, checkpoint);
        return new Outcome.Cancelled();
    }

    /** @return whether its step was not recorded yet */
    private boolean record(WorkflowRow row, Checkpoint checkpoint) throws SQLException {
        return 1 == session.update(
                RECORD,
                row.sequence,
                checkpoint.step(),
                checkpoint.name(),
                checkpoint.output(),
                checkpoint.error(),
                checkpoint.childId(),
                millis(checkpoint.startedAt()),
                millis(checkpoint.completedAt()));
    }

    private Checkpoint recorded(WorkflowRow row, Checkpoint checkpoint) throws SQLException {
        return session.first(RECORDED, Rows::checkpoint, row.sequence, checkpoint.step());
    }

    private Outcome repeated(WorkflowRow row, Command command) throws SQLException {
        var recorded = recorded(row, command.checkpoint());
        // Everything that the insert names exists: nothing is inserted, and what was joined is named again.
        if (recorded.records(command.checkpoint()))
            return command.effect() instanceof Effect.Insert insert ? insert(insert) : Outcome.APPLIED;
        return new Outcome.Refused(Outcome.Reason.STEP_TAKEN,
                "step %d of workflow %s is recorded as '%s'"
                        .formatted(recorded.step(), row.workflowId, recorded.name()));
    }

    private boolean isRepeat(Effect effect, WorkflowRow row) throws SQLException {
        if (!(effect instanceof Effect.Finish finish)) return false;
        var ending = session.first(ENDING,
                columns -> new Ending(Rows.state(columns, 1), columns.getString(2), columns.getString(3)),
                row.sequence);
        return ending.equals(new Ending(finish.status(), finish.output(), finish.error()));
    }

    private Outcome effect(Effect effect, WorkflowRow owner) throws SQLException {
        return switch (effect) {
            case Effect.Nothing nothing -> Outcome.APPLIED;
            case Effect.Insert insert -> insert(insert);
            case Effect.Finish finish -> finish(finish, owner);
            case Effect.Release release -> release(release, owner);
            case Effect.SetEvent event -> setEvent(event, owner);
            case Effect.Change change -> once(change.nonce(), () -> change(change));
            case Effect.Define define -> once(define.nonce(), () -> define(define));
        };
    }

    private Outcome setEvent(Effect.SetEvent event, WorkflowRow owner) throws SQLException {
        session.update(SET_EVENT, owner.sequence, event.key(), event.value());
        return Outcome.APPLIED;
    }

    @FunctionalInterface
    private interface Submission {
        Outcome apply() throws SQLException;
    }

    /** Applies what comes from outside, unless it was applied before: then it is answered as it was then. */
    private Outcome once(long nonce, Submission submission) throws SQLException {
        var answered = session.first(ANSWERED, row -> row.getString(1), nonce);
        if (answered != null) return new Outcome.Applied(JsonTexts.list(answered));
        var outcome = submission.apply();
        if (outcome instanceof Outcome.Applied applied) {
            session.update(FORGET, millis(now.minus(REMEMBERED)));
            session.update(ANSWER, nonce, JsonTexts.array(applied.ids()), millis(now));
        }
        return outcome;
    }

    private Outcome insert(Effect.Insert insert) throws SQLException {
        var fresh = new LinkedHashMap<String, NewWorkflow>();
        var joined = new ArrayList<String>();
        for (var workflow : insert.workflows()) {
            var existing = existing(workflow.workflowId(), fresh);
            if (existing == null) fresh.put(workflow.workflowId(), workflow);
            else if (existing.uid() == workflow.uid()) continue;
            else if (insert.join() && existing.name().equals(workflow.name())) joined.add(workflow.workflowId());
            else return new Outcome.Refused(Outcome.Reason.ID_TAKEN,
                    "id %s is taken by a workflow named '%s'".formatted(workflow.workflowId(), existing.name()));
        }
        for (var workflow : fresh.values()) rows.insert(workflow, isAlive(workflow.executorId()), now);
        return joined.isEmpty() ? Outcome.APPLIED : new Outcome.Applied(joined);
    }

    private Origin existing(String workflowId, Map<String, NewWorkflow> fresh) throws SQLException {
        var row = rows.get(workflowId);
        if (row != null)
            return session.first(ORIGIN, it -> new Origin(it.getLong(1), it.getString(2)), row.sequence);
        var twin = fresh.get(workflowId);
        return twin == null ? null : new Origin(twin.uid(), twin.name());
    }

    private boolean isAlive(String executorId) throws SQLException {
        if (executorId == null) return false;
        var known = alive.get(executorId);
        if (known == null) alive.put(executorId, known = executors.isAlive(session, executorId));
        return known;
    }

    private Outcome finish(Effect.Finish finish, WorkflowRow owner) throws SQLException {
        owner.finish(finish.status(), finish.output(), finish.error(), now);
        rows.update(owner);
        return Outcome.APPLIED;
    }

    private Outcome release(Effect.Release release, WorkflowRow owner) throws SQLException {
        var until = release.until();
        if (release.countAttempt()) {
            owner.countAttempt(rows.countCheckpoints(owner));
            if (until == null) until = owner.pauseEnd(now);
        }
        owner.giveBack(until);
        rows.update(owner);
        return Outcome.APPLIED;
    }

    private Outcome change(Effect.Change change) throws SQLException {
        for (var id : change.workflowIds())
            if (rows.get(id) == null) return new Outcome.Refused(Outcome.Reason.NO_SUCH_WORKFLOW, id);
        var changed = new ArrayList<String>();
        for (var row : rows.families(change.workflowIds())) {
            boolean did = switch (change.amendment()) {
                case CANCEL -> row.cancel(now);
                case RESUME -> row.requestResume();
            };
            if (!did) continue;
            rows.update(row);
            changed.add(row.workflowId);
        }
        return new Outcome.Applied(changed);
    }

    private Outcome define(Effect.Define define) throws SQLException {
        var queue = define.queue();
        session.update(DEFINE, queue.name(), queue.concurrency(), queue.workerConcurrency());
        return Outcome.APPLIED;
    }
}
