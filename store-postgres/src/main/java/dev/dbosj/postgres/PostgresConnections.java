package dev.dbosj.postgres;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.jdbc.Dialect;
import dev.dbosj.store.jdbc.Session;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs statements and transactions, and says in what way they failed. Nothing is expected of a connection but what the
 * transaction itself has set, so that any pooler may stand between. One connection is kept for heartbeats alone, one
 * for claims: a pool would look each time whether it still lives.
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
    private final Kept heartbeats = new Kept();
    private final Kept claims = new Kept();
    private volatile int longestPause = LONGEST_PAUSE;
    private volatile int longestSilence = Integer.MAX_VALUE; // in seconds
    private volatile boolean closed;

    PostgresConnections(Connector connector) {
        this.connector = connector;
    }

    /**
     * From now on a transaction that is stopped is to end well within this lease, and a heartbeat that is not answered
     * is to leave the time for another one.
     */
    void shortenPauses(Duration lease) {
        var third = lease.dividedBy(3);
        longestPause = (int) Math.min(longestPause, third.toMillis());
        longestSilence = (int) Math.min(longestSilence, Math.max(third.toSeconds(), 1));
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
        return write(act, () -> lend(act, work));
    }

    private interface Attempt<T> {
        T run() throws SQLException;
    }

    private static <T> T write(String act, Attempt<T> attempt) {
        for (int tries = 1; ; tries++) {
            try {
                return attempt.run();
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

    /** The same, but waits for whoever was stopped in a transaction until that has ended. */
    <T> T transactOverPauses(String act, Work<T> work) {
        return transact(act, longestPause, work);
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

    /** Runs the one statement that nothing else is to hold up. */
    <T> T beat(String act, Work<T> work) {
        try {
            return heartbeats.use(act, longestSilence, work);
        } catch (SQLException failure) {
            throw PostgresErrors.commitFailure(act, failure);
        }
    }

    /** Claims by one statement, which is a transaction. */
    <T> T claim(String act, Work<T> work) {
        return write(act, () -> claims.use(act, Integer.MAX_VALUE, work));
    }

    /** A connection that is kept for one purpose, and replaced when it has failed. */
    private final class Kept {
        private final ReentrantLock lock = new ReentrantLock();
        private volatile Session session;

        <T> T use(String act, int longestSilence, Work<T> work) throws SQLException {
            lock.lock();
            try {
                if (closed) throw closed();
                if (session == null) session = open(act, longestSilence);
                return work.in(session);
            } catch (SQLException failure) {
                if (!PostgresErrors.sparesConnection(failure)) replace(failure);
                throw failure;
            } finally {
                lock.unlock();
            }
        }

        private void replace(SQLException failure) {
            discard(session, failure);
            session = null;
        }

        /** A statement under way fails. */
        void close() {
            var last = session;
            if (last != null) giveBack(last);
        }
    }

    /** A connection that is the caller's to close. */
    Session open(String act) {
        return open(act, Integer.MAX_VALUE);
    }

    private Session open(String act, int longestSilence) {
        try {
            return new Session(connector.connect(longestSilence), DIALECT);
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
        heartbeats.close();
        claims.close();
    }
}
