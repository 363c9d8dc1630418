package dev.dbosj.postgres;

import dev.dbosj.store.Hint;
import dev.dbosj.store.HintLine;
import dev.dbosj.store.jdbc.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/** Hears notifications, on a connection of its own. A pooler that hands it on makes the line silent, nothing worse. */
final class PostgresHintLine implements HintLine {
    private static final String LISTEN = "listen dbosj";

    private static final String NOTIFY = "select pg_notify('dbosj', ?)";

    private final PostgresConnections connections;
    private volatile Session session;
    private volatile boolean closed;

    PostgresHintLine(PostgresConnections connections) {
        this.connections = connections;
    }

    /** Those who notify wait for each other at their commits: never with anything else. */
    static Void announce(Session session, Set<Hint> hints) throws SQLException {
        session.any(NOTIFY, hints.stream().map(Hint::name).collect(Collectors.joining(" ")));
        return null;
    }

    @Override
    public Set<Hint> await(Duration atMost) {
        if (closed) return Set.of();
        try {
            var hints = EnumSet.noneOf(Hint.class);
            int millis = Math.clamp(atMost.toMillis(), 1, Integer.MAX_VALUE);
            for (var notification : line().getNotifications(millis))
                for (var name : notification.getParameter().split(" ")) add(hints, name);
            return hints;
        } catch (SQLException failure) {
            disconnect();
            if (closed) return Set.of();
            throw PostgresErrors.failure("listen for changes", failure);
        }
    }

    private PGConnection line() throws SQLException {
        var line = session;
        if (line == null) {
            line = connections.open("listen for changes");
            session = line;
            line.execute(LISTEN);
        }
        if (closed) disconnect();
        return line.unwrap(PGConnection.class);
    }

    // Others may know more hints.
    private static void add(Set<Hint> hints, String name) {
        for (var hint : Hint.values()) if (hint.name().equals(name)) hints.add(hint);
    }

    private void disconnect() {
        var broken = session;
        session = null;
        if (broken != null) PostgresConnections.giveBack(broken);
    }

    @Override
    public void close() {
        closed = true;
        disconnect();
    }
}
