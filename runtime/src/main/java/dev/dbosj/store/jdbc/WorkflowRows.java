package dev.dbosj.store.jdbc;

import static dev.dbosj.store.jdbc.Rows.instant;
import static dev.dbosj.store.jdbc.Rows.millis;
import static dev.dbosj.store.jdbc.Rows.state;

import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.workflow.WorkflowState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The rows of workflow_status that one write transaction is about: read many at a time, each once, so that nobody else
 * can change them meanwhile, and written many at a time by {@link #flush}.
 */
public final class WorkflowRows {
    private record Ending(WorkflowState status, String output, String error) {}

    private static final String COLUMNS = """
            select w.sequence, w.workflow_id, w.uid, w.name, w.status, w.executor_id, w.owner_epoch,
                   w.attempts, w.progress, w.resume_requested, w.wake_at, w.completed_at
            """;

    private static final String LOAD = COLUMNS + """
              from {each} {with} {schema}workflow_status w on w.workflow_id = wanted.value {lock}
            """;

    private static final String OWNED = "select w.workflow_id from {owned} limit ?";

    private static final String CHILDREN = """
            select child.workflow_id
              from {each} {with} {schema}workflow_status child on child.parent_id = wanted.value
             order by child.sequence
            """;

    private static final String LOAD_UNFINISHED = COLUMNS + """
              from {each} {with} {schema}workflow_status w on w.workflow_id = wanted.value
             where w.status not in ('SUCCESS', 'ERROR') {lock}
            """;

    private static final String INSERT = """
            insert into {schema}workflow_status (
                sequence, workflow_id, uid, status, name, queue_name, partition_key, priority, rank, parent_id,
                executor_id, owner_epoch, attempts, progress, resume_requested, wake_at, created_at, started_at, input,
                counted, keyed)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String UPDATE = """
            update {schema}workflow_status
               set status = ?, executor_id = ?, owner_epoch = ?, attempts = ?, progress = ?, resume_requested = ?,
                   wake_at = ?, completed_at = ?, output = ?, error = ?
             where sequence = ?
            """;

    private static final String RENEW = "update {schema}workflow_status set owner_epoch = ? where sequence = ?";

    private static final String ENDING = "select status, output, error from {schema}workflow_status where sequence = ?";

    private static final String PROGRESS = """
            select w.workflow_id,
                   (select count(*) from {schema}operation_outputs o where o.workflow_sequence = w.sequence)
              from {each} {with} {schema}workflow_status w on w.workflow_id = wanted.value
            """;

    private final Session session;
    private final Map<String, WorkflowRow> rows = new HashMap<>();
    private final List<Object[]> inserted = new ArrayList<>();
    private final Set<WorkflowRow> changed = new LinkedHashSet<>();
    private Iterator<Long> sequences;

    public WorkflowRows(Session session) {
        this.session = session;
    }

    /** Reads the rows of those ids that exist. */
    public void load(Collection<String> workflowIds) throws SQLException {
        if (workflowIds.isEmpty()) return;
        for (var id : workflowIds) rows.put(id, null);
        session.list(LOAD, this::read, workflowIds);
    }

    /** A row that was loaded or inserted, or null if there is none of that id. */
    WorkflowRow get(String workflowId) {
        if (!rows.containsKey(workflowId)) throw new IllegalStateException(workflowId + " was not loaded");
        return rows.get(workflowId);
    }

    /** The row as {@link #get}, or null if it is none of those that were loaded or inserted. */
    WorkflowRow find(String workflowId) {
        return rows.get(workflowId);
    }

    /** The rows of the ids and of all their descendants, parents first, without those that returned or threw. */
    List<WorkflowRow> families(List<String> workflowIds) throws SQLException {
        flush();
        var family = new ArrayList<WorkflowRow>();
        var seen = new LinkedHashSet<>(workflowIds);
        // A child can only be inserted by whoever has the row of its parent: parents first, children by a later look.
        for (var level = List.copyOf(seen); !level.isEmpty(); ) {
            var unknown = level.stream().filter(id -> !rows.containsKey(id)).toList();
            if (!unknown.isEmpty()) session.list(LOAD_UNFINISHED, this::read, unknown);
            for (var id : level) if (isUnfinished(rows.get(id))) family.add(rows.get(id));
            level = session.list(CHILDREN, row -> row.getString(1), level).stream().filter(seen::add).toList();
        }
        return family;
    }

    /** The rows of those ids that exist, read now if they were not before. */
    List<WorkflowRow> loaded(Collection<String> workflowIds) throws SQLException {
        var unknown = workflowIds.stream().filter(id -> !rows.containsKey(id)).toList();
        load(unknown);
        return workflowIds.stream().map(rows::get).filter(Objects::nonNull).toList();
    }

    /** The row is there no more. */
    void remove(WorkflowRow row) {
        rows.put(row.workflowId, null);
        changed.remove(row);
    }

    private static boolean isUnfinished(WorkflowRow row) {
        return row != null && row.status != WorkflowState.SUCCESS && row.status != WorkflowState.ERROR;
    }

    private WorkflowRow read(ResultSet columns) throws SQLException {
        var known = rows.get(columns.getString(2));
        if (known != null) return known;
        var row = new WorkflowRow(columns.getLong(1), columns.getString(2), columns.getLong(3), columns.getString(4));
        row.status = state(columns, 5);
        row.executorId = columns.getString(6);
        row.epoch = columns.getLong(7);
        row.attempts = columns.getInt(8);
        row.progress = columns.getInt(9);
        row.resumeRequested = columns.getBoolean(10);
        row.wakeAt = instant(columns, 11);
        row.completedAt = instant(columns, 12);
        rows.put(row.workflowId, row);
        return row;
    }

    /** Prepares for at most so many inserts. */
    void reserve(int inserts) throws SQLException {
        if (inserts > 0) sequences = session.list("{sequences}", row -> row.getLong(1), inserts).iterator();
    }

    /**
     * Inserts a new row, claimed by its executor, ENQUEUED, or DELAYED.
     *
     * @param rank where it stands in its queue
     * @param counted whether it counts against the bound of its queue
     */
    WorkflowRow insert(NewWorkflow workflow, long rank, boolean claimed, boolean counted, Instant now) {
        var row = new WorkflowRow(sequences.next(), workflow.workflowId(), workflow.uid(), workflow.name());
        row.wakeAt = workflow.wakeAt(now);
        row.status = claimed ? WorkflowState.PENDING : row.wakeAt == null ? WorkflowState.ENQUEUED : WorkflowState.DELAYED;
        row.executorId = claimed ? workflow.executorId() : null;
        // An executor that is no member any more, and does not know it, may begin a run under the first epoch.
        row.epoch = workflow.executorId() == null ? 0 : 1;
        inserted.add(new Object[] {
            row.sequence,
            workflow.workflowId(),
            workflow.uid(),
            row.status.name(),
            workflow.name(),
            workflow.queueName(),
            workflow.partitionKey() == null ? "" : workflow.partitionKey(),
            workflow.priority(),
            rank,
            workflow.parentId(),
            row.executorId,
            row.epoch,
            false,
            millis(row.wakeAt),
            millis(now),
            claimed ? millis(now) : null,
            workflow.input(),
            counted,
            workflow.key() != null
        });
        rows.put(row.workflowId, row);
        return row;
    }

    /** The row has changed. */
    void update(WorkflowRow row) {
        changed.add(row);
    }

    /** Writes what was inserted and what has changed. */
    public void flush() throws SQLException {
        session.updateEach(INSERT, inserted);
        session.updateEach(UPDATE, changed.stream().map(WorkflowRows::values).toList());
        inserted.clear();
        changed.clear();
    }

    private static Object[] values(WorkflowRow row) {
        return new Object[] {
            row.status.name(),
            row.executorId,
            row.epoch,
            row.attempts,
            row.progress,
            row.resumeRequested,
            millis(row.wakeAt),
            millis(row.completedAt),
            row.output,
            row.error,
            row.sequence
        };
    }

    /** Whether the row has ended exactly so. */
    boolean endedAs(WorkflowRow row, WorkflowState status, String output, String error) throws SQLException {
        flush();
        var ending = session.first(ENDING,
                columns -> new Ending(state(columns, 1), columns.getString(2), columns.getString(3)), row.sequence);
        return ending.equals(new Ending(status, output, error));
    }

    /** Counts an attempt of each, by the checkpoints that are written. */
    void countAttempts(List<WorkflowRow> attempted) throws SQLException {
        if (attempted.isEmpty()) return;
        session.list(
                PROGRESS,
                row -> {
                    get(row.getString(1)).countAttempt(row.getInt(2));
                    return null;
                },
                attempted.stream().map(row -> row.workflowId).toList());
    }

    /** Raises the epochs of those that the executor still owns, or has raised before. */
    public Map<Owner, Owner> renew(String executorId, Collection<Owner> owners) throws SQLException {
        load(owners.stream().map(Owner::workflowId).toList());
        var renewed = new LinkedHashMap<Owner, Owner>();
        var raised = new ArrayList<Object[]>();
        for (var owner : owners) {
            var row = get(owner.workflowId());
            if (row == null || !executorId.equals(row.executorId)) continue;
            if (row.epoch == owner.epoch()) raised.add(new Object[] {++row.epoch, row.sequence});
            if (row.epoch == owner.epoch() + 1) renewed.put(owner, new Owner(row.workflowId, row.epoch));
        }
        session.updateEach(RENEW, raised);
        return renewed;
    }

    /** Takes up to {@code limit} rows away from their executor. @return how many there were */
    public int takeFrom(String executorId, int limit, Instant now) throws SQLException {
        load(session.list(OWNED, row -> row.getString(1), executorId, limit));
        var lost = rows.values().stream().filter(row -> row != null && executorId.equals(row.executorId)).toList();
        countAttempts(lost);
        for (var row : lost) {
            row.giveBack(row.pauseEnd(now), now);
            update(row);
        }
        flush();
        return lost.size();
    }
}
