package dev.dbosj.sqlite;

import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.jdbc.Checkpoints;
import dev.dbosj.store.jdbc.Rows;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.store.jdbc.WorkflowRow;
import java.sql.SQLException;

/** Writes each checkpoint at once: a prepared statement costs SQLite no round trip, and tells whether it was new. */
final class SqliteCheckpoints implements Checkpoints {
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

    private final Session session;

    SqliteCheckpoints(Session session) {
        this.session = session;
    }

    @Override
    public boolean record(WorkflowRow row, Checkpoint checkpoint) throws SQLException {
        return 1 == session.update(
                RECORD,
                row.sequence(),
                checkpoint.step(),
                checkpoint.name(),
                checkpoint.output(),
                checkpoint.error(),
                checkpoint.childId(),
                millis(checkpoint.startedAt()),
                millis(checkpoint.completedAt()));
    }

    @Override
    public Checkpoint find(WorkflowRow row, int step) throws SQLException {
        return session.first(RECORDED, Rows::checkpoint, row.sequence(), step);
    }

    @Override
    public void takeBack(WorkflowRow row, Checkpoint checkpoint) throws SQLException {
        session.update(TAKE_BACK, row.sequence(), checkpoint.step());
    }

    @Override
    public void flush() {}
}
