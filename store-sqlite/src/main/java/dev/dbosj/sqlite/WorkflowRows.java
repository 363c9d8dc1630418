package dev.dbosj.sqlite;

import static dev.dbosj.store.jdbc.Rows.instant;
import static dev.dbosj.store.jdbc.Rows.millis;
import static dev.dbosj.store.jdbc.Rows.state;

import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.workflow.WorkflowState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rows of workflow_status that one write transaction is about: read many at a time, each once, and written when
 * they change. Nobody else can change them meanwhile.
 */
final class WorkflowRows {
    private static final String COLUMNS = """
            select w.sequence, w.workflow_id, w.status, w.executor_id, w.owner_epoch,
                   w.attempts, w.progress, w.resume_requested, w.wake_at, w.completed_at
            """;

    // The cross join makes SQLite go through the ids, never through the table.
    private static final String LOAD = COLUMNS + """
              from json_each(?) wanted cross join workflow_status w on w.workflow_id = wanted.value
            """;

    private static final String LOAD_OWNED = COLUMNS + """
              from workflow_status w
             where w.executor_id = ?
             limit ?
            """;

    private static final String FAMILIES = """
            with recursive family (workflow_id) as (
                select value from json_each(?)
                 union
                select child.workflow_id
                  from family cross join workflow_status child on child.parent_id = family.workflow_id
            )
            """ + COLUMNS + """
              from family cross join workflow_status w on w.workflow_id = family.workflow_id
             where w.status not in ('SUCCESS', 'ERROR')
            """;

    private static final String LAST_SEQUENCE = "select coalesce(max(sequence), 0) from workflow_status";

    private static final String INSERT = """
            insert into workflow_status (
                sequence, workflow_id, uid, status, name, queue_name, priority, parent_id, executor_id, owner_epoch,
                attempts, progress, resume_requested, created_at, started_at, input)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?)
            """;

    private static final String UPDATE = """
            update workflow_status
               set status = ?, executor_id = ?, owner_epoch = ?, attempts = ?, progress = ?, resume_requested = ?,
                   wake_at = ?, completed_at = ?, output = ?, error = ?
             where sequence = ?
            """;

    private static final String RENEW = "update workflow_status set owner_epoch = ? where sequence = ?";

    private static final String COUNT_CHECKPOINTS =
            "select count(*) from operation_outputs where workflow_sequence = ?";

    private final Session session;
    private final Map<String, WorkflowRow> rows = new HashMap<>();
    private long lastSequence = -1;

    WorkflowRows(Session session) {
        this.session = session;
    }

    /** Reads the rows of those ids that exist. */
    void load(Collection<String> workflowIds) throws SQLException {
        for (var id : workflowIds) rows.put(id, null);
        session.list(LOAD, this::read, JsonTexts.array(workflowIds));
    }

    /** A row that was loaded or inserted, or null if there is none of that id. */
    WorkflowRow get(String workflowId) {
        if (!rows.containsKey(workflowId)) throw new IllegalStateException(workflowId + " was not loaded");
        return rows.get(workflowId);
    }

    /** Up to {@code limit} rows that the executor owns. */
    List<WorkflowRow> loadOwned(String executorId, int limit) throws SQLException {
        return session.list(LOAD_OWNED, this::read, executorId, limit);
    }

    /** The rows of the ids and of all their descendants, parents first, without those that returned or threw. */
    List<WorkflowRow> families(List<String> workflowIds) throws SQLException {
        return session.list(FAMILIES, this::read, JsonTexts.array(workflowIds));
    }

    private WorkflowRow read(ResultSet columns) throws SQLException {
        var known = rows.get(columns.getString(2));
        if (known != null) return known;
        var row = new WorkflowRow(columns.getLong(1), columns.getString(2));
        row.status = state(columns, 3);
        row.executorId = columns.getString(4);
        row.epoch = columns.getLong(5);
        row.attempts = columns.getInt(6);
        row.progress = columns.getInt(7);
        row.resumeRequested = columns.getBoolean(8);
        row.wakeAt = instant(columns, 9);
        row.completedAt = instant(columns, 10);
        rows.put(row.workflowId, row);
        return row;
    }

    /** Inserts a new row, claimed by its executor or ENQUEUED. */
    void insert(NewWorkflow workflow, boolean claimed, Instant now) throws SQLException {
        if (lastSequence < 0) lastSequence = session.first(LAST_SEQUENCE, row -> row.getLong(1));
        var row = new WorkflowRow(++lastSequence, workflow.workflowId());
        row.status = claimed ? WorkflowState.PENDING : WorkflowState.ENQUEUED;
        row.executorId = claimed ? workflow.executorId() : null;
        // An executor that is no member any more, and does not know it, may begin a run under the first epoch.
        row.epoch = workflow.executorId() == null ? 0 : 1;
        session.update(
                INSERT,
                row.sequence,
                workflow.workflowId(),
                workflow.uid(),
                row.status.name(),
                workflow.name(),
                workflow.queueName(),
                workflow.priority(),
                workflow.parentId(),
                row.executorId,
                row.epoch,
                millis(now),
                claimed ? millis(now) : null,
                workflow.input());
        rows.put(row.workflowId, row);
    }

    /** Writes what has changed. */
    void update(WorkflowRow row) throws SQLException {
        session.update(
                UPDATE,
                row.status.name(),
                row.executorId,
                row.epoch,
                row.attempts,
                row.progress,
                row.resumeRequested ? 1 : 0,
                millis(row.wakeAt),
                millis(row.completedAt),
                row.output,
                row.error,
                row.sequence);
    }

    /** Raises the epoch and nothing else. */
    void renew(WorkflowRow row) throws SQLException {
        row.epoch++;
        session.update(RENEW, row.epoch, row.sequence);
    }

    int countCheckpoints(WorkflowRow row) throws SQLException {
        return session.first(COUNT_CHECKPOINTS, count -> count.getInt(1), row.sequence);
    }
}
