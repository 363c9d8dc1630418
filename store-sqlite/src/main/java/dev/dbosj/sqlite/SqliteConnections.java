package dev.dbosj.sqlite;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.jdbc.Session;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One connection that writes, in turns with all other writers of the file, and a few that read and wait for nobody. A
 * connection on which anything failed is closed, which undoes what it had begun, and replaced.
 */
final class SqliteConnections implements AutoCloseable {
    /** What happens in one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T in(Session session) throws SQLException;
    }

    private static final int READERS = 3;

    /** How long to wait for programs that do not take turns, in milliseconds. */
    static final int BUSY_TIMEOUT = 5_000;

    private final DatabaseFile file;
    private final WriteAheadLog log;
    private final ReentrantLock writing = new ReentrantLock();
    private final Semaphore readers = new Semaphore(READERS, true);
    private final ConcurrentLinkedDeque<Session> idle = new ConcurrentLinkedDeque<>();
    private Session writer;
    private volatile boolean closed;

    SqliteConnections(DatabaseFile file) {
        this.file = file;
        this.log = new WriteAheadLog(file.path());
    }

    /** Writes in one transaction, when it is this caller's turn. {@code act} says in an error what was wanted. */
    <T> T write(String act, Work<T> work) {
        try {
            file.turnstile().enter();
        } catch (IOException failure) {
            throw unlockable(act, failure);
        }
        try {
            return writeInTurn(act, work);
        } finally {
            leave(act);
        }
    }

    private void leave(String act) {
        try {
            file.turnstile().leave();
        } catch (IOException failure) {
            throw unlockable(act, failure);
        }
    }

    private SystemDatabaseException unlockable(String act, IOException failure) {
        if (closed) return closed();
        return new SystemDatabaseException(
                Kind.UNAVAILABLE, "cannot %s: the files that lock %s fail".formatted(act, file.path()), failure);
    }

    private <T> T writeInTurn(String act, Work<T> work) {
        writing.lock();
        try {
            if (closed) throw closed();
            if (writer == null) writer = openWriter();
            log.keepSmall(writer);
            writer.begin();
            var result = work.in(writer);
            commit(act);
            return result;
        } catch (SQLException failure) {
            discardWriter(failure);
            throw SqliteErrors.failure(act, failure);
        } catch (RuntimeException | Error failure) {
            discardWriter(failure);
            throw failure;
        } finally {
            writing.unlock();
        }
    }

    private void commit(String act) {
        try {
            writer.commit();
        } catch (SQLException failure) {
            throw SqliteErrors.commitFailure(act, failure, isRolledBack(failure));
        }
    }

    private boolean isRolledBack(SQLException failure) {
        try {
            writer.execute("rollback");
            return true;
        } catch (SQLException second) {
            failure.addSuppressed(second);
            return false;
        }
    }

    private void discardWriter(Throwable failure) {
        var broken = writer;
        writer = null;
        discard(broken, failure);
    }

    static void discard(Session broken, Throwable failure) {
        try {
            if (broken != null) broken.close();
        } catch (SQLException second) {
            failure.addSuppressed(second);
        }
    }

    /** Reads in one transaction: all that is seen was true at one moment. */
    <T> T read(String act, Work<T> work) {
        readers.acquireUninterruptibly();
        try {
            return readWith(idle.pollFirst(), act, work);
        } finally {
            readers.release();
        }
    }

    private <T> T readWith(Session reader, String act, Work<T> work) {
        try {
            if (closed) throw closed();
            if (reader == null) reader = openReader();
            reader.begin();
            var result = work.in(reader);
            reader.commit();
            idle.addFirst(reader);
            if (closed) closeReaders();
            return result;
        } catch (SQLException failure) {
            discard(reader, failure);
            throw SqliteErrors.failure(act, failure);
        } catch (RuntimeException | Error failure) {
            discard(reader, failure);
            throw failure;
        }
    }

    /** Opened in turn: two processes that make the same new file at once would meet each other's half. */
    private Session openWriter() throws SQLException {
        var session = open(file.path(), "IMMEDIATE");
        try {
            SqliteSchema.check(session, file.path());
            session.execute("pragma page_size = 8192");
            var mode = session.first("pragma journal_mode = wal", row -> row.getString(1));
            if (!"wal".equals(mode))
                throw new SystemDatabaseException(Kind.UNUSABLE,
                        "%s cannot keep a write-ahead log (journal mode %s); put it on a local disk"
                                .formatted(file.path(), mode));
            session.execute("pragma synchronous = full");
            session.execute("pragma cache_size = -16384");
            return session;
        } catch (SQLException | RuntimeException failure) {
            discard(session, failure);
            throw failure;
        }
    }

    /** A connection that only reads. */
    Session openReader() throws SQLException {
        var session = open(file.path(), "DEFERRED");
        try {
            session.execute("pragma query_only = on");
            session.execute("pragma cache_size = -8192");
            return session;
        } catch (SQLException failure) {
            discard(session, failure);
            throw failure;
        }
    }

    // As a file: URL, because for a plain path the driver first creates and deletes the file to see whether it could.
    private static Session open(Path path, String transactionMode) throws SQLException {
        var settings = new Properties();
        settings.setProperty("transaction_mode", transactionMode);
        settings.setProperty("busy_timeout", String.valueOf(BUSY_TIMEOUT));
        return new Session(DriverManager.getConnection("jdbc:sqlite:" + path.toUri(), settings), new SqliteDialect());
    }

    private SystemDatabaseException closed() {
        return new SystemDatabaseException(Kind.UNUSABLE, "the store of %s is closed".formatted(file.path()));
    }

    /** Waits for the write under way, if any. Reads under way end by themselves. */
    @Override
    public void close() throws SQLException {
        closed = true;
        closeReaders();
        writing.lock();
        try {
            if (writer != null) writer.close();
            writer = null;
        } finally {
            writing.unlock();
        }
    }

    private void closeReaders() throws SQLException {
        for (var reader = idle.pollFirst(); reader != null; reader = idle.pollFirst()) reader.close();
    }
}
