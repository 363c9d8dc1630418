package dev.dbosj.store.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One connection and its prepared statements, which stay open: the text of a statement is its name. Values that are
 * bound are strings, numbers, booleans, collections or null. Not thread-safe.
 */
public final class Session implements AutoCloseable {
    private final Connection connection;
    private final Dialect dialect;
    private final Map<String, PreparedStatement> statements = new HashMap<>();

    public Session(Connection connection, Dialect dialect) {
        this.connection = connection;
        this.dialect = dialect;
    }

    /** Begins a transaction. */
    public void begin() throws SQLException {
        connection.setAutoCommit(false);
    }

    /** Commits the transaction that was begun. */
    public void commit() throws SQLException {
        connection.setAutoCommit(true);
    }

    /** Undoes the transaction that was begun. */
    public void rollback() throws SQLException {
        connection.rollback();
        connection.setAutoCommit(true);
    }

    /** Runs a statement that cannot be prepared, or is needed only once. */
    public void execute(String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Writes. @return the number of rows changed */
    public int update(String sql, Object... values) throws SQLException {
        return bound(sql, values).executeUpdate();
    }

    /** Writes as often as there are lists of values. */
    public void updateEach(String sql, List<Object[]> values) throws SQLException {
        if (values.isEmpty()) return;
        var statement = prepared(sql);
        for (var each : values) bind(statement, each).addBatch();
        statement.executeBatch();
    }

    /** All rows. */
    public <T> List<T> list(String sql, RowReader<T> reader, Object... values) throws SQLException {
        return readAll(bound(sql, values), reader);
    }

    /** All rows, of a statement whose text is seldom the same: it is not kept. */
    public <T> List<T> listOnce(String sql, RowReader<T> reader, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(dialect.render(sql))) {
            return readAll(bind(statement, values), reader);
        }
    }

    private static <T> List<T> readAll(PreparedStatement query, RowReader<T> reader) throws SQLException {
        var list = new ArrayList<T>();
        try (var rows = query.executeQuery()) {
            while (rows.next()) list.add(reader.read(rows));
        }
        return list;
    }

    /** One row after the other, as long as the visitor returns true. */
    public void each(String sql, RowReader<Boolean> visitor, Object... values) throws SQLException {
        try (var rows = bound(sql, values).executeQuery()) {
            boolean more = rows.next();
            while (more) more = visitor.read(rows) && rows.next();
        }
    }

    /** The first row, or null if there is none. */
    public <T> T first(String sql, RowReader<T> reader, Object... values) throws SQLException {
        try (var rows = bound(sql, values).executeQuery()) {
            return rows.next() ? reader.read(rows) : null;
        }
    }

    /** Whether there is any row. */
    public boolean any(String sql, Object... values) throws SQLException {
        try (var rows = bound(sql, values).executeQuery()) {
            return rows.next();
        }
    }

    private PreparedStatement bound(String sql, Object... values) throws SQLException {
        return bind(prepared(sql), values);
    }

    private PreparedStatement prepared(String sql) throws SQLException {
        var statement = statements.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(dialect.render(sql));
            statements.put(sql, statement);
        }
        return statement;
    }

    private PreparedStatement bind(PreparedStatement statement, Object... values) throws SQLException {
        for (int i = 0; i < values.length; i++)
            statement.setObject(i + 1, values[i] instanceof Collection<?> many ? dialect.bind(many) : values[i]);
        return statement;
    }

    /** How statements are to be written here. */
    Dialect dialect() {
        return dialect;
    }

    /** The connection as its driver knows it. */
    public <T> T unwrap(Class<T> type) throws SQLException {
        return connection.unwrap(type);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
