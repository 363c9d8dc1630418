package dev.dbosj.sqlite;

import dev.dbosj.store.Hint;
import dev.dbosj.store.HintLine;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.time.Bell;
import dev.dbosj.time.Time;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Hears that the file was changed, not by whom or how: SQLite keeps a number for that in shared memory, which costs
 * microseconds to look at.
 */
final class SqliteHintLine implements HintLine {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
    private static final Set<Hint> ANYTHING = EnumSet.allOf(Hint.class);

    private final SqliteConnections connections;
    private final Time time;
    private final Bell bell;
    private final ReentrantLock lock = new ReentrantLock();
    private Session session;
    private long version;
    private boolean closed;

    SqliteHintLine(SqliteConnections connections, Time time) {
        this.connections = connections;
        this.time = time;
        this.bell = new Bell(time);
    }

    @Override
    public Set<Hint> await(Duration atMost) {
        long deadline = time.nanos() + atMost.toNanos();
        do {
            if (bell.await(BETWEEN_LOOKS)) return Set.of();
            if (hasChanged()) return ANYTHING;
        } while (deadline - time.nanos() > 0);
        return Set.of();
    }

    private boolean hasChanged() {
        lock.lock();
        try {
            if (closed) return false;
            if (session == null) session = connections.openReader();
            long before = version;
            version = session.first("pragma data_version", row -> row.getLong(1));
            return version != before;
        } catch (SQLException failure) {
            SqliteConnections.discard(session, failure);
            session = null;
            throw SqliteErrors.failure("listen for changes", failure);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (session != null) session.close();
        } catch (SQLException failure) {
            throw SqliteErrors.failure("stop listening for changes", failure);
        } finally {
            lock.unlock();
        }
        bell.ring();
    }
}
