package dev.dbosj.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** The workflows that an executor holds, seen from outside and by an index of none but those. */
final class Owned implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement any;

    Owned(Database database) throws SQLException {
        var schema = database.url().startsWith("sqlite:") ? "" : "dbosj.";
        connection = DriverManager.getConnection(database.jdbcUrl());
        any = connection.prepareStatement(
                "select 1 from " + schema + "workflow_status where executor_id is not null limit 1");
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
