package dev.dbosj.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Writes by a prepared statement for each row, which costs no round trip here. */
final class SqliteBareWriter implements BareWriter {
    private static final String INSERT = """
            insert into workflow_status (workflow_id, uid, status, name, queue_name, priority, parent_id, executor_id,
                owner_epoch, attempts, progress, resume_requested, created_at, started_at, input)
            values (?, ?, ?, 'work', 'work', 0, ?, ?, ?, 0, 0, 0, ?, ?, '{"positionalArgs":[1]}')
            """;

    private static final String CLAIM = """
            update workflow_status
               set status = 'PENDING', executor_id = 'executor-1', owner_epoch = owner_epoch + 1, started_at = ?
             where sequence = ?
            """;

    private static final String CHECKPOINT = """
            insert into operation_outputs (workflow_sequence, step, name, output, child_id, started_at, completed_at)
            values (?, ?, 'step', '1', ?, ?, ?)
            """;

    private static final String FINISH = """
            update workflow_status
               set status = 'SUCCESS', output = '1', executor_id = null, completed_at = ?
             where sequence = ?
            """;

    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement claim;
    private final PreparedStatement checkpoint;
    private final PreparedStatement finish;
    private int rows;

    SqliteBareWriter(String jdbcUrl) throws SQLException {
        connection = DriverManager.getConnection(jdbcUrl);
        try (var pragma = connection.createStatement()) {
            pragma.execute("pragma journal_mode = wal");
            pragma.execute("pragma synchronous = full");
        }
        connection.setAutoCommit(false);
        insert = connection.prepareStatement(INSERT);
        claim = connection.prepareStatement(CLAIM);
        checkpoint = connection.prepareStatement(CHECKPOINT);
        finish = connection.prepareStatement(FINISH);
    }

    @Override
    public void insert(long sequence, boolean claimed, String parent) throws SQLException {
        long now = System.currentTimeMillis();
        insert.setString(1, BareWriter.id(sequence));
        insert.setLong(2, sequence);
        insert.setString(3, claimed ? "PENDING" : "ENQUEUED");
        insert.setString(4, parent);
        insert.setString(5, claimed ? "executor-1" : null);
        insert.setLong(6, claimed ? 1 : 0);
        insert.setLong(7, now);
        insert.setLong(8, now);
        insert.executeUpdate();
        written();
    }

    @Override
    public void claim(long sequence) throws SQLException {
        claim.setLong(1, System.currentTimeMillis());
        claim.setLong(2, sequence);
        claim.executeUpdate();
        written();
    }

    @Override
    public void checkpoint(long sequence, int step, String child) throws SQLException {
        long now = System.currentTimeMillis();
        checkpoint.setLong(1, sequence);
        checkpoint.setInt(2, step);
        checkpoint.setString(3, child);
        checkpoint.setLong(4, now);
        checkpoint.setLong(5, now);
        checkpoint.executeUpdate();
        written();
    }

    @Override
    public void finish(long sequence) throws SQLException {
        finish.setLong(1, System.currentTimeMillis());
        finish.setLong(2, sequence);
        finish.executeUpdate();
        written();
    }

    private void written() throws SQLException {
        if (++rows == ROWS_PER_COMMIT) commit();
    }

    @Override
    public void commit() throws SQLException {
        rows = 0;
        connection.commit();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
