package dev.dbosj.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Collects the rows of a transaction and writes them by a statement for each kind, as arrays. */
final class PostgresBareWriter implements BareWriter {
    private static final String INSERT = """
            insert into dbosj.workflow_status (sequence, workflow_id, uid, status, name, queue_name, priority,
                parent_id, executor_id, owner_epoch, attempts, progress, resume_requested, created_at, started_at,
                input)
            select n, id, n, status, 'work', 'work', 0, parent, executor, epoch, 0, 0, false, now, now,
                '{"positionalArgs":[1]}'
              from unnest(?, ?, ?, ?, ?, ?, ?) as r (n, id, status, parent, executor, epoch, now)
            """;

    private static final String CLAIM = """
            update dbosj.workflow_status
               set status = 'PENDING', executor_id = 'executor-1', owner_epoch = owner_epoch + 1, started_at = now
              from unnest(?, ?) as r (n, now)
             where sequence = n
            """;

    private static final String CHECKPOINT = """
            insert into dbosj.operation_outputs (workflow_sequence, step, name, output, child_id,
                started_at, completed_at)
            select n, step, 'step', '1', child, now, now
              from unnest(?, ?, ?, ?) as r (n, step, child, now)
            """;

    private static final String FINISH = """
            update dbosj.workflow_status
               set status = 'SUCCESS', output = '1', executor_id = null, completed_at = now
              from unnest(?, ?) as r (n, now)
             where sequence = n
            """;

    private final Connection connection;
    private final Rows inserts;
    private final Rows claims;
    private final Rows checkpoints;
    private final Rows finishes;
    private int rows;

    PostgresBareWriter(String jdbcUrl) throws SQLException {
        connection = DriverManager.getConnection(jdbcUrl);
        connection.setAutoCommit(false);
        inserts = new Rows(INSERT, "bigint", "text", "text", "text", "text", "bigint", "bigint");
        claims = new Rows(CLAIM, "bigint", "bigint");
        checkpoints = new Rows(CHECKPOINT, "bigint", "int4", "text", "bigint");
        finishes = new Rows(FINISH, "bigint", "bigint");
    }

    @Override
    public void insert(long sequence, boolean claimed, String parent) throws SQLException {
        inserts.add(sequence, BareWriter.id(sequence), claimed ? "PENDING" : "ENQUEUED", parent,
                claimed ? "executor-1" : null, claimed ? 1L : 0L, System.currentTimeMillis());
    }

    @Override
    public void claim(long sequence) throws SQLException {
        claims.add(sequence, System.currentTimeMillis());
    }

    @Override
    public void checkpoint(long sequence, int step, String child) throws SQLException {
        checkpoints.add(sequence, step, child, System.currentTimeMillis());
    }

    @Override
    public void finish(long sequence) throws SQLException {
        finishes.add(sequence, System.currentTimeMillis());
    }

    @Override
    public void commit() throws SQLException {
        inserts.write();
        claims.write();
        checkpoints.write();
        finishes.write();
        connection.commit();
        rows = 0;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Rows of one kind that wait for the end of the transaction. */
    private final class Rows {
        private final PreparedStatement statement;
        private final String[] types;
        private final List<Object[]> waiting = new ArrayList<>();

        Rows(String sql, String... types) throws SQLException {
            this.statement = connection.prepareStatement(sql);
            this.types = types;
        }

        void add(Object... row) throws SQLException {
            waiting.add(row);
            if (++rows == ROWS_PER_COMMIT) commit();
        }

        void write() throws SQLException {
            if (waiting.isEmpty()) return;
            for (int column = 0; column < types.length; column++) {
                int wanted = column;
                var values = waiting.stream().map(row -> row[wanted]).toArray();
                statement.setArray(column + 1, connection.createArrayOf(types[column], values));
            }
            statement.executeUpdate();
            waiting.clear();
        }
    }
}
