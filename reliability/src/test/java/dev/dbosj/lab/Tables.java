package dev.dbosj.lab;

import com.google.gson.JsonParser;
import java.sql.Connection;
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

    /** Where they are. */
    @FunctionalInterface
    interface Database {
        Connection connect() throws SQLException;
    }

    private final Database database;

    Tables(Database database) {
        this.database = database;
    }

    /** Whether there are tables yet. */
    boolean exists() {
        try (var connection = database.connect();
                var tables = connection.getMetaData().getTables(null, null, "executors", null)) {
            return tables.next();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    <T> List<T> list(String sql, Row<T> row) {
        try (var connection = database.connect();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            var rows = new ArrayList<T>();
            while (result.next()) rows.add(row.read(result));
            return rows;
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }

    /** Changes them, as an auditor who wants to be deceived. */
    void change(String sql) {
        try (var connection = database.connect(); var statement = connection.createStatement()) {
            statement.execute(sql);
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

    /** All that is durable of workflows, in words; two moments with the same words are the same. */
    List<String> everything() {
        var all = list("""
                select workflow_id, status, name, queue_name, priority, parent_id, owner_epoch, executor_id, attempts,
                       resume_requested, wake_at, created_at, started_at, completed_at, input, output, error
                  from workflow_status
                 order by workflow_id
                """, Tables::words);
        all.addAll(list("""
                select w.workflow_id, o.step, o.name, o.output, o.error, o.child_id, o.started_at, o.completed_at
                  from operation_outputs o join workflow_status w on w.sequence = o.workflow_sequence
                 order by w.workflow_id, o.step
                """, Tables::words));
        all.addAll(events());
        return all;
    }

    /** The same without what a fault may change: who did it, when, and at which attempt. */
    List<String> outcomes() {
        var all = list("""
                select workflow_id, status, name, queue_name, priority, parent_id, input, output, error
                  from workflow_status
                 order by workflow_id
                """, Tables::wordsAndMessage);
        all.addAll(list("""
                select w.workflow_id, o.step, o.name, o.child_id,
                       case when o.name in ('DBOS.sleep', 'DBOS.now', 'DBOS.randomUUID') then 'any' else o.output end,
                       o.error
                  from operation_outputs o join workflow_status w on w.sequence = o.workflow_sequence
                 order by w.workflow_id, o.step
                """, Tables::wordsAndMessage));
        all.addAll(events());
        return all;
    }

    private List<String> events() {
        return list("""
                select w.workflow_id, e.key, e.value
                  from workflow_events e join workflow_status w on w.sequence = e.workflow_sequence
                 order by w.workflow_id, e.key
                """, Tables::words);
    }

    private static String words(ResultSet columns) throws SQLException {
        return words(columns, columns.getMetaData().getColumnCount());
    }

    private static String words(ResultSet columns, int count) throws SQLException {
        var words = new ArrayList<String>();
        for (int column = 1; column <= count; column++) words.add(columns.getString(column));
        return String.join(" | ", words.stream().map(String::valueOf).toList());
    }

    /** Of the last column, an error, only the message: its stack trace tells who it was. */
    private static String wordsAndMessage(ResultSet columns) throws SQLException {
        int last = columns.getMetaData().getColumnCount();
        var error = columns.getString(last);
        var message = error == null ? null : JsonParser.parseString(error).getAsJsonObject().get("message");
        return words(columns, last - 1) + " | " + message;
    }
}
