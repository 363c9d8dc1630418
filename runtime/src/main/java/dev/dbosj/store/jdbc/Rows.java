package dev.dbosj.store.jdbc;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.WorkflowResult;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;

/** Rows to records. Times are stored as epoch milliseconds. */
public final class Rows {
    /** The columns of operation_outputs that {@link #checkpoint} reads. */
    public static final String CHECKPOINT = "step, name, output, error, child_id, started_at, completed_at";

    /** The columns of workflow_status that {@link #result} reads. */
    public static final String RESULT = "workflow_id, status, output, error";

    private Rows() {}

    /** Of the columns {@link #CHECKPOINT}. */
    public static Checkpoint checkpoint(ResultSet row) throws SQLException {
        return new Checkpoint(
                row.getInt(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                instant(row, 6),
                instant(row, 7));
    }

    /** Of the columns {@link #RESULT}. */
    public static WorkflowResult result(ResultSet row) throws SQLException {
        return new WorkflowResult(row.getString(1), state(row, 2), row.getString(3), row.getString(4));
    }

    /** Of the columns of {@link WorkflowListing}. */
    static WorkflowStatus status(ResultSet row) throws SQLException {
        var queueName = row.getString(4);
        var partition = row.getString(13);
        return new WorkflowStatus(
                row.getString(1),
                state(row, 2),
                row.getString(3),
                queueName.equals(NewWorkflow.DIRECT_QUEUE) ? null : queueName,
                row.getInt(12),
                partition.isEmpty() ? null : partition,
                row.getString(15),
                row.getString(16),
                row.getString(17),
                row.getString(5),
                row.getLong(6),
                row.getInt(7),
                row.getString(8),
                instant(row, 9),
                instant(row, 14),
                instant(row, 10),
                instant(row, 11));
    }

    public static WorkflowState state(ResultSet row, int column) throws SQLException {
        return WorkflowState.valueOf(row.getString(column));
    }

    /** The time in a column, or null. */
    public static Instant instant(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(millis);
    }

    /** What is stored for a time, or null. */
    public static Long millis(Instant time) {
        return time == null ? null : time.toEpochMilli();
    }
}
