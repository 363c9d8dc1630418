package dev.dbosj.postgres;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * What a transaction pooler makes of connections: after each transaction the server forgets all about the session, and
 * the next one goes to another server process, also on a connection that is kept.
 */
public final class PooledConnections implements DataSource, AutoCloseable {
    private final String url;
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final AtomicInteger transactions = new AtomicInteger();

    public PooledConnections(String url) {
        this.url = PostgresUrl.jdbc(url);
    }

    /** How many have ended. */
    public int transactions() {
        return transactions.get();
    }

    @Override
    public Connection getConnection() {
        return proxy(Connection.class, new Lent()::call);
    }

    // First in, first out: never the one that was used last, unless it is the only one.
    private synchronized Connection take() throws SQLException {
        while (idle.size() < 2) idle.add(DriverManager.getConnection(url));
        return idle.remove();
    }

    private synchronized void giveBack(Connection connection) throws SQLException {
        transactions.incrementAndGet();
        try (var statement = connection.createStatement()) {
            statement.execute("discard all");
        }
        idle.add(connection);
    }

    /** A connection as the client sees it. */
    private final class Lent {
        private Connection inTransaction;
        private boolean autoCommit = true;

        Object call(Object self, Method method, Object[] arguments) throws Throwable {
            return switch (method.getName()) {
                case "setAutoCommit" -> setAutoCommit((Boolean) arguments[0]);
                case "rollback" -> end(Connection::rollback);
                case "prepareStatement" ->
                        proxy(PreparedStatement.class, new Prepared(this, (String) arguments[0])::call);
                case "createStatement" -> proxy(PreparedStatement.class, new Prepared(this, null)::call);
                case "getMetaData" -> inTransaction(connection -> invoke(connection, method, arguments));
                case "close" -> end(Connection::rollback);
                default -> throw new SQLException(method + " is not supported");
            };
        }

        private Object setAutoCommit(boolean wanted) throws Throwable {
            if (wanted && !autoCommit) end(Connection::commit);
            autoCommit = wanted;
            return null;
        }

        private interface End {
            void of(Connection connection) throws SQLException;
        }

        private Object end(End end) throws SQLException {
            if (inTransaction == null) return null;
            var connection = inTransaction;
            inTransaction = null;
            end.of(connection);
            connection.setAutoCommit(true);
            giveBack(connection);
            return null;
        }

        Object inTransaction(Act act) throws Throwable {
            if (inTransaction != null) return act.on(inTransaction);
            var connection = take();
            connection.setAutoCommit(autoCommit);
            if (!autoCommit) return act.on(inTransaction = connection);
            try {
                return act.on(connection);
            } finally {
                giveBack(connection);
            }
        }
    }

    private interface Act {
        Object on(Connection connection) throws Throwable;
    }

    /** A statement that is prepared anew for each execution, because the server has forgotten it. */
    private record Prepared(Lent lent, String sql, List<Object[]> bound, List<Object[]> batch) {
        Prepared(Lent lent, String sql) {
            this(lent, sql, new ArrayList<>(), new ArrayList<>());
        }

        Object call(Object self, Method method, Object[] arguments) throws Throwable {
            return switch (method.getName()) {
                case "setObject" -> bind((Integer) arguments[0], arguments[1]);
                case "addBatch" -> batch.add(bound.toArray(Object[][]::new)) ? null : null;
                case "close" -> null;
                default -> lent.inTransaction(connection -> execute(connection, method, arguments));
            };
        }

        private Object bind(int index, Object value) {
            while (bound.size() < index) bound.add(null);
            bound.set(index - 1, new Object[] {value});
            return null;
        }

        private Object execute(Connection connection, Method method, Object[] arguments) throws Throwable {
            if (sql == null) return invoke(connection.createStatement(), method, arguments);
            var statement = connection.prepareStatement(sql);
            for (var values : batch) {
                bindAll(statement, values);
                statement.addBatch();
            }
            if (batch.isEmpty()) bindAll(statement, bound.toArray());
            batch.clear();
            return invoke(statement, method, arguments);
        }

        private static void bindAll(PreparedStatement statement, Object[] values) throws SQLException {
            for (int i = 0; i < values.length; i++) statement.setObject(i + 1, ((Object[]) values[i])[0]);
        }
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    @Override
    public synchronized void close() throws SQLException {
        for (var connection : idle) connection.close();
    }

    @Override
    public Connection getConnection(String username, String password) {
        return getConnection();
    }

    @Override
    public PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setLoginTimeout(int seconds) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
