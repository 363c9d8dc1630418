package dev.dbosj.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The workflows that an executor holds, seen from outside and where none but those are. */
final class Owned implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement any;

    Owned(Database database) throws SQLException {
        connection = DriverManager.getConnection(database.jdbcUrl());
        any = connection.prepareStatement(database.url().startsWith("sqlite:")
                ? "select 1 from workflow_status where executor_id is not null limit 1"
                : "select 1 from dbosj.workflow_owned limit 1");
    }

    /** Waits until the outcome of the last one is recorded. */
    void awaitNone() throws Exception {
        while (hasAny()) Thread.sleep(1);
    }

    private boolean hasAny() throws SQLException {
        try (var found = any.executeQuery()) {
            return found.next();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
