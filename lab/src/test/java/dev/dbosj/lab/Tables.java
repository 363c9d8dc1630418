package dev.dbosj.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The system database as SQL sees it: an auditor does not ask whom it audits. */
final class Tables {
    /** Reads one row. */
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet columns) throws SQLException;
    }

    private final Path database;

    Tables(Path database) {
        this.database = database;
    }

    /** Whether there are tables yet. */
    boolean exists() {
        return Files.exists(database) && number("select count(*) from sqlite_master where name = 'executors'") > 0;
    }

    <T> List<T> list(String sql, Row<T> row) {
        try (var connection = connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            var rows = new ArrayList<T>();
            while (result.next()) rows.add(row.read(result));
            return rows;
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }

    List<String> texts(String sql) {
        return list(sql, row -> row.getString(1));
    }

    long number(String sql) {
        return list(sql, row -> row.getLong(1)).getFirst();
    }

    private Connection connect() throws SQLException {
        var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        try (var statement = connection.createStatement()) {
            statement.execute("pragma busy_timeout = 5000");
            statement.execute("pragma query_only = on");
        }
        return connection;
    }

    /** All that is durable of workflows, in words; two moments with the same words are the same. */
    List<String> everything() {
        var all = list("""
                select workflow_id, status, name, queue_name, parent_id, owner_epoch, executor_id, attempts,
                       resume_requested, wake_at, created_at, started_at, completed_at, input, output, error
                  from workflow_status
                 order by workflow_id
                """, Tables::words);
        all.addAll(list("""
                select w.workflow_id, o.step, o.name, o.output, o.error, o.child_id, o.started_at, o.completed_at
                  from operation_outputs o join workflow_status w on w.sequence = o.workflow_sequence
                 order by w.workflow_id, o.step
                """, Tables::words));
        return all;
    }

    /** The same without what a fault may change: who did it, when, and at which attempt. */
    List<String> outcomes() {
        var all = list("""
                select workflow_id, status, name, queue_name, parent_id, input, output, error ->> '$.message'
                  from workflow_status
                 order by workflow_id
                """, Tables::words);
        all.addAll(list("""
                select w.workflow_id, o.step, o.name,
                       case when o.name in ('DBOS.sleep', 'DBOS.now', 'DBOS.randomUUID') then 'any' else o.output end,
                       o.error ->> '$.message', o.child_id
                  from operation_outputs o join workflow_status w on w.sequence = o.workflow_sequence
                 order by w.workflow_id, o.step
                """, Tables::words));
        return all;
    }

    private static String words(ResultSet columns) throws SQLException {
        var words = new ArrayList<String>();
        int count = columns.getMetaData().getColumnCount();
        for (int column = 1; column <= count; column++) words.add(columns.getString(column));
        return String.join(" | ", words.stream().map(String::valueOf).toList());
    }
}
