package dev.dbosj.store.jdbc;

import static dev.dbosj.store.jdbc.Rows.instant;
import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** Failed attempts, and what is done with dead letters, within one write transaction. */
final class DeadLetters {
    /** The failed attempts of the workflow that is bound there, in order. */
    private static final String ATTEMPTS = """
            select a.number, a.attempt, a.error, a.step, a.dead, a.executor_id, a.started_at, a.ended_at
              from {schema}workflow_status w
              join {schema}workflow_attempts a on a.workflow_sequence = w.sequence
             where w.workflow_id = ?
             order by a.number
            """;

    // A row is there still as the attempt began it.
    private static final String KEEP = """
            insert into {schema}workflow_attempts (
                workflow_sequence, number, attempt, error, step, dead, executor_id, started_at, ended_at)
            select w.sequence,
                   coalesce(last.number, 0) + 1,
                   case when last.number is null or last.dead then 1 else last.attempt + 1 end,
                   ?, ?, ?, w.executor_id, w.started_at, ?
              from {schema}workflow_status w
              left join {schema}workflow_attempts last on last.workflow_sequence = w.sequence
                    and last.number = (
                        select max(a.number) from {schema}workflow_attempts a where a.workflow_sequence = w.sequence)
             where w.sequence = ?
            """;

    private static final String KEEP_LAST_100 = """
            delete from {schema}workflow_attempts
             where workflow_sequence = ?
               and number <= (
                    select max(a.number) - 100 from {schema}workflow_attempts a where a.workflow_sequence = ?)
            """;

    private static final String FORGET_STEP =
            "delete from {schema}operation_outputs where workflow_sequence = ? and step = ? and error is not null";

    private static final String FORGET_UNDOING = """
            delete from {schema}operation_outputs
             where workflow_sequence = ? and error is not null
               and step = (
                    select last.step
                      from {schema}workflow_attempts last
                     where last.workflow_sequence = ? and last.dead
                       and last.number = (
                            select max(a.number) from {schema}workflow_attempts a where a.workflow_sequence = ?))
            """;

    private static final String STEPS_FROM =
            "select step from {schema}operation_outputs where workflow_sequence = ? and step >= ?";

    private static final String FORGET_FROM =
            "delete from {schema}operation_outputs where workflow_sequence = ? and step >= ?";

    private static final String INPUT = "update {schema}workflow_status set input = ? where sequence = ?";

    private static final String CHILDREN = """
            select child.workflow_id
              from {each} {with} {schema}workflow_status child on child.parent_id = wanted.value
             order by child.sequence
            """;

    private static final String PARENT_STATUS = """
            select parent.status
              from {schema}workflow_status w
              join {schema}workflow_status parent on parent.workflow_id = w.parent_id
             where w.sequence = ?
            """;

    private static final String ORPHAN = "update {schema}workflow_status set parent_id = null where parent_id = ?";

    private static final List<String> REMOVE = List.of(
            "delete from {schema}operation_outputs where workflow_sequence = ?",
            "delete from {schema}workflow_events where workflow_sequence = ?",
            "delete from {schema}notifications where workflow_sequence = ?",
            "delete from {schema}workflow_attempts where workflow_sequence = ?",
            "delete from {schema}workflow_status where sequence = ?");

    private final Session session;
    private final WorkflowRows rows;
    private final Checkpoints checkpoints;
    private final Instant now;

    DeadLetters(Session session, WorkflowRows rows, Checkpoints checkpoints, Instant now) {
        this.session = session;
        this.rows = rows;
        this.checkpoints = checkpoints;
        this.now = now;
    }

    static List<WorkflowAttempt> attempts(Session session, String workflowId) throws SQLException {
        return session.list(ATTEMPTS, DeadLetters::attempt, workflowId);
    }

    private static WorkflowAttempt attempt(ResultSet row) throws SQLException {
        int number = row.getInt(4);
        Integer step = row.wasNull() ? null : (Integer) number;
        return new WorkflowAttempt(
                row.getInt(1), row.getInt(2), row.getString(3), step, row.getBoolean(5),
                row.getString(6), instant(row, 7), instant(row, 8));
    }

    Outcome fail(Effect.Fail fail, WorkflowRow owner) throws SQLException {
        flush();
        boolean dead = fail.pause() == null;
        session.update(KEEP, fail.error(), fail.step(), dead, millis(now), owner.sequence);
        session.update(KEEP_LAST_100, owner.sequence, owner.sequence);
        if (dead) {
            owner.finish(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED, null, fail.error(), now);
        } else {
            if (fail.step() != null) session.update(FORGET_STEP, owner.sequence, fail.step());
            owner.retry(now.plus(fail.pause()), now);
        }
        rows.update(owner);
        return Outcome.APPLIED;
    }

    /** What the batch has recorded so far is to be found in the tables. */
    private void flush() throws SQLException {
        rows.flush();
        checkpoints.flush();
    }

    /** The operation that made it a dead letter is to run again. */
    void forgetUndoing(WorkflowRow row) throws SQLException {
        if (row.status == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED)
            session.update(FORGET_UNDOING, row.sequence, row.sequence, row.sequence);
    }

    Outcome redrive(Effect.Redrive redrive) throws SQLException {
        flush();
        for (var one : redrive.workflows()) {
            var active = activeIn(startedFrom(one));
            if (active != null) return new Outcome.Refused(Outcome.Reason.STILL_ACTIVE, active.workflowId);
        }
        var redriven = new ArrayList<String>();
        for (var one : redrive.workflows()) if (redrive(one)) redriven.add(one.workflowId());
        return new Outcome.Applied(redriven);
    }

    private boolean redrive(Effect.Redriven one) throws SQLException {
        var row = rows.get(one.workflowId());
        if (!isDead(row)) return false;
        if (one.fromStep() == null) {
            forgetUndoing(row);
        } else {
            for (var child : startedFrom(one)) remove(child);
            session.update(FORGET_FROM, row.sequence, one.fromStep());
        }
        if (one.input() != null) session.update(INPUT, one.input(), row.sequence);
        row.redrive(one.pause().isZero() ? null : now.plus(one.pause()), now);
        rows.update(row);
        return true;
    }

    /** The children that it has started from that step on under ids of the engine's choice, and all their descendants. */
    private List<WorkflowRow> startedFrom(Effect.Redriven one) throws SQLException {
        var row = rows.get(one.workflowId());
        if (one.fromStep() == null || !isDead(row)) return List.of();
        var ids = new LinkedHashSet<String>();
        for (var step : session.list(STEPS_FROM, step -> step.getInt(1), row.sequence, one.fromStep()))
            ids.add(one.workflowId() + "-" + step);
        var children = new LinkedHashSet<>(childrenOf(List.of(one.workflowId())));
        children.retainAll(ids);
        for (var level = List.copyOf(children); !level.isEmpty(); )
            level = childrenOf(level).stream().filter(children::add).toList();
        return rows.loaded(children);
    }

    private List<String> childrenOf(List<String> parents) throws SQLException {
        return session.list(CHILDREN, row -> row.getString(1), parents);
    }

    /** One that has not ended, or was taken up more than once: somebody who was stopped may believe that it is his. */
    private static WorkflowRow activeIn(List<WorkflowRow> rows) {
        return rows.stream()
                .filter(row -> !row.status.isTerminal() || row.executorId != null || row.epoch > 1)
                .findFirst()
                .orElse(null);
    }

    Outcome purge(Effect.Purge purge) throws SQLException {
        flush();
        var purged = new ArrayList<String>();
        for (var id : purge.workflowIds()) {
            var row = rows.get(id);
            if (!isDead(row) || isWaitedFor(row)) continue;
            remove(row);
            purged.add(id);
        }
        return new Outcome.Applied(purged);
    }

    private boolean isWaitedFor(WorkflowRow row) throws SQLException {
        var parent = session.first(PARENT_STATUS, columns -> Rows.state(columns, 1), row.sequence);
        return parent != null && parent != WorkflowState.SUCCESS && parent != WorkflowState.ERROR;
    }

    private void remove(WorkflowRow row) throws SQLException {
        session.update(ORPHAN, row.workflowId);
        for (var statement : REMOVE) session.update(statement, row.sequence);
        rows.remove(row);
    }

    private static boolean isDead(WorkflowRow row) {
        return row != null && row.status == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED;
    }
}
