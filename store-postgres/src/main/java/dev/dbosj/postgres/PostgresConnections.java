package dev.dbosj.postgres;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.jdbc.Dialect;
import dev.dbosj.store.jdbc.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs statements and transactions, and says in what way they failed. Nothing is expected of a connection but what the
 * transaction itself has set, so that any pooler may stand between. One connection is kept for heartbeats alone.
 */
final class PostgresConnections implements AutoCloseable {
    /** What happens in one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T in(Session session) throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(PostgresConnections.class);
    private static final Dialect DIALECT = new PostgresDialect();

    /** Those who were in the way let go within milliseconds, unless they hang. */
    private static final int TRIES = 5;

    /** A process that is stopped in a transaction loses it after so many milliseconds, and with it its locks. */
    private static final int LONGEST_PAUSE = 2_000;

    /** In milliseconds. */
    static final int SHORT_WAIT = 100;

    // Plans that were made while the tables were small must not read large ones through.
    private static final String SETTINGS = """
            select set_config('idle_in_transaction_session_timeout', ?, true),
                   set_config('lock_timeout', ?, true),
                   set_config('enable_seqscan', 'off', true),
                   set_config('enable_hashjoin', 'off', true),
                   set_config('enable_mergejoin', 'off', true)
            """;

    private final Connector connector;
    private final ReentrantLock heartbeat = new ReentrantLock();
    private volatile int longestPause = LONGEST_PAUSE;
    private volatile boolean closed;
    private volatile Session kept;

    PostgresConnections(Connector connector) {
        this.connector = connector;
    }

    /** From now on a transaction that is stopped is to end well within this lease. */
    void shortenPauses(long leaseMillis) {
        longestPause = (int) Math.min(longestPause, Math.max(leaseMillis / 3, 1));
    }

    /** Reads by one statement. */
    <T> T read(String act, Work<T> work) {
        try {
            return lend(act, work);
        } catch (SQLException failure) {
            throw PostgresErrors.failure(act, failure);
        }
    }

    /** Writes by one statement, which is a transaction: no pause of this process can come between it and its commit. */
    <T> T write(String act, Work<T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return lend(act, work);
            } catch (SQLException failure) {
                if (!PostgresErrors.isRepeatable(failure) || tries == TRIES)
                    throw PostgresErrors.commitFailure(act, failure);
            }
        }
    }

    /** Writes by many statements. Waits only for a short while if others have locked the rows. */
    <T> T transact(String act, Work<T> work) {
        return transact(act, SHORT_WAIT, work);
    }

    /** The same, but waits as long as it takes. */
    <T> T transactPatiently(String act, Work<T> work) {
        return transact(act, 0, work);
    }

    private <T> T transact(String act, int lockTimeout, Work<T> work) {
        for (int tries = 1; ; tries++) {
            try {
                return lend(act, session -> {
                    var result = uncommitted(session, lockTimeout, work);
                    session.commit();
                    return result;
                });
            } catch (UndoneException failure) {
                if (!PostgresErrors.isRace(failure) || tries == TRIES) throw PostgresErrors.failure(act, failure);
            } catch (SQLException failure) {
                throw PostgresErrors.commitFailure(act, failure);
            }
        }
    }

    private <T> T uncommitted(Session session, int lockTimeout, Work<T> work) throws SQLException {
        session.begin();
        try {
            session.any(SETTINGS, String.valueOf(longestPause), String.valueOf(lockTimeout));
            return work.in(session);
        } catch (SQLException failure) {
            rollback(session, failure);
            throw new UndoneException(failure);
        } catch (RuntimeException | Error failure) {
            rollback(session, failure);
            throw failure;
        }
    }

    private static void rollback(Session session, Throwable failure) {
        try {
            session.rollback();
        } catch (SQLException second) {
            failure.addSuppressed(second);
        }
    }

    /** The transaction failed before its commit was asked for. */
    private static final class UndoneException extends SQLException {
        private static final long serialVersionUID = 1L;

        UndoneException(SQLException cause) {
            super(cause.getMessage(), cause.getSQLState(), cause);
        }
    }

    private <T> T lend(String act, Work<T> work) throws SQLException {
        boolean interrupted = Thread.interrupted(); // a pool would refuse to wait
        try {
            var session = new Session(borrow(act), DIALECT);
            T result;
            try {
                result = work.in(session);
            } catch (SQLException | RuntimeException | Error failure) {
                discard(session, failure);
                throw failure;
            }
            giveBack(session);
            return result;
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private Connection borrow(String act) {
        if (closed) throw closed();
        try {
            return connector.lend();
        } catch (SQLException failure) {
            throw closed ? closed() : PostgresErrors.unreachable(act, failure);
        }
    }

    static void giveBack(Session session) {
        try {
            session.close();
        } catch (SQLException failure) {
            LOG.debug("a connection could not be given back, what it was used for is done", failure);
        }
    }

    private static void discard(Session broken, Throwable failure) {
        try {
            broken.close();
        } catch (SQLException second) {
            failure.addSuppressed(second);
        }
    }

    /** Runs one statement on the connection that is kept for this alone, and replaced when it has failed. */
    <T> T beat(String act, Work<T> work) {
        heartbeat.lock();
        try {
            if (closed) throw closed();
            if (kept == null) kept = open(act);
            return work.in(kept);
        } catch (SQLException failure) {
            discard(kept, failure);
            kept = null;
            throw PostgresErrors.commitFailure(act, failure);
        } finally {
            heartbeat.unlock();
        }
    }

    /** A connection that is the caller's to close. */
    Session open(String act) {
        try {
            return new Session(connector.connect(), DIALECT);
        } catch (SQLException failure) {
            throw closed ? closed() : PostgresErrors.unreachable(act, failure);
        }
    }

    private static SystemDatabaseException closed() {
        return new SystemDatabaseException(Kind.UNUSABLE, "the store is closed");
    }

    /** Calls under way fail. */
    @Override
    public void close() {
        closed = true;
        connector.close();
        var last = kept;
        if (last != null) giveBack(last);
    }
}
