package dev.dbosj.lab;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A process that only pretends to be one, and can die at any call of its JDBC driver. What is dead reaches the database
 * no more; its threads stop wherever they next wait or do something that the world could see.
 */
final class CrashLife {
    /** When to die: right before or right after the writing call with that number, from 1. */
    record Point(int call, boolean after) {
        static final Point NEVER = new Point(0, false);

        @Override
        public String toString() {
            return (after ? "after " : "before ") + call;
        }
    }

    /** Reads alone; where it dies among them makes no difference to the database. */
    private static final Pattern READ = Pattern.compile("(?is)\\s*(select|pragma|with)(?!.*\\bdbosj\\.\\w+\\().*");

    private final Point death;
    private final AtomicInteger calls = new AtomicInteger();
    private final List<Connection> connections = new CopyOnWriteArrayList<>();
    /** On which somebody listens. */
    private final List<Connection> lines = new CopyOnWriteArrayList<>();
    private final Consumer<Connection> closed;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean dead;
    private volatile String lastWords = "";

    /** @param closed what to do with a connection that it does not need any more */
    CrashLife(Point death, Consumer<Connection> closed) {
        this.death = death;
        this.closed = closed;
    }

    /** How many calls there were. */
    int calls() {
        return calls.get();
    }

    /** The call that it died at; empty if it did not. */
    String lastWords() {
        return lastWords;
    }

    boolean isDead() {
        return dead;
    }

    /** Waits until it has died, or what it was to do is done. */
    CountDownLatch ended() {
        return ended;
    }

    /** It is killed, wherever it is. */
    void kill() {
        dead = true;
        ended.countDown();
    }

    /** The kernel closes what a dead process had open. */
    void closeConnections() {
        for (var connection : connections) close(connection);
    }

    private void close(Connection connection) {
        if (!connections.remove(connection)) return;
        if (!lines.contains(connection)) closed.accept(connection);
        else {
            try {
                connection.abort(Runnable::run); // its thread would wait on it for a while
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    /** Does something that the world sees; a dead process never comes to that. */
    void act(Runnable visible) {
        if (dead) stand();
        visible.run();
    }

    /** Never returns. */
    void stand() {
        while (true) LockSupport.park();
    }

    Connection connection(Connection real) {
        connections.add(real);
        return proxy(Connection.class, real, new Calls(real, "", new AtomicBoolean()));
    }

    private static <T> T proxy(Class<T> type, T real, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), interfaces(type, real), calls));
    }

    private static Class<?>[] interfaces(Class<?> type, Object real) {
        return new Class<?>[] {real instanceof java.sql.PreparedStatement ? java.sql.PreparedStatement.class : type};
    }

    private final class Calls implements InvocationHandler {
        private final Object real;
        private final String sql;
        /** Whether the transaction of this connection has written. */
        private final AtomicBoolean wrote;

        Calls(Object real, String sql, AtomicBoolean wrote) {
            this.real = real;
            this.sql = sql;
            this.wrote = wrote;
        }

        @Override
        public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
            var name = method.getName();
            if (name.equals("close") && real instanceof Connection connection) {
                close(connection);
                return null;
            }
            if (dead && !name.equals("close")) throw new SQLException("this process is dead", "08006");
            var text = arguments != null && arguments.length > 0 && arguments[0] instanceof String first ? first : sql;
            if (name.equals("unwrap")) lines.add((Connection) real);
            boolean counts = ends(name, arguments) ? wrote.getAndSet(false) : writes(name, text);
            int call = counts ? calls.incrementAndGet() : -1;
            if (call == death.call() && !death.after()) throw die(name, text);
            var result = invoke(method, arguments);
            if (call == death.call() && death.after()) throw die(name, text);
            return result instanceof Statement statement
                    ? proxy(Statement.class, statement, new Calls(statement, text, wrote))
                    : result;
        }

        private boolean ends(String name, Object[] arguments) throws SQLException {
            boolean commits = name.equals("setAutoCommit") && (boolean) arguments[0];
            return name.equals("commit") || commits && !((Connection) real).getAutoCommit();
        }

        private boolean writes(String name, String text) {
            boolean write = name.startsWith("execute") && !READ.matcher(text).matches();
            if (write) wrote.set(true);
            return write;
        }

        private Object invoke(Method method, Object[] arguments) throws Throwable {
            try {
                return method.invoke(real, arguments);
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            }
        }

        private SQLException die(String name, String text) {
            lastWords = "%s: %s %s".formatted(death, name, text.strip().replaceAll("\\s+", " "));
            kill();
            return new SQLException("this process dies", "08006");
        }
    }
}
