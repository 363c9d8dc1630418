package dev.dbosj.sqlite;

import static dev.dbosj.store.jdbc.Rows.instant;
import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.Owner;
import dev.dbosj.store.Tick;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.store.jdbc.WorkflowRows;
import java.io.IOException;
import java.nio.channels.FileLock;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The members of the fleet: who they are, which of them live, and taking over from the dead. */
final class SqliteExecutors implements AutoCloseable {
    private static final String JOIN = """
            insert into executors (executor_id, application, names, lease, heartbeat, dead)
            values (?, ?, ?, ?, ?, 0)
            """;

    private static final String NUMBER = "select number from executors where executor_id = ?";

    private static final String BEAT = "update executors set heartbeat = ? where executor_id = ? and dead = 0";

    private static final String IS_ALIVE = "select 1 from executors where executor_id = ? and dead = 0";

    private static final String MEMBERS = """
            select executor_id, application, names, lease, heartbeat, dead, number
              from executors
             order by number
            """;

    private static final String MEMBER = """
            select executor_id, application, names, lease, heartbeat, dead, number
              from executors
             where executor_id = ?
            """;

    private static final String CANCELLED = """
            select workflow_id, owner_epoch
              from workflow_status
             where executor_id = ? and status = 'CANCELLED'
            """;

    private static final String OWNED = """
            select workflow_id, owner_epoch
              from workflow_status
             where executor_id = ?
             order by sequence
            """;

    private static final String QUEUES_VERSION = "select coalesce(sum(version), 0) from queues";

    private static final String DECLARE_DEAD = "update executors set dead = 1 where executor_id = ?";

    private static final String REMOVE = "delete from executors where executor_id = ?";

    private final ExecutorLocks locks;
    private final Map<String, FileLock> held = new ConcurrentHashMap<>();

    /** Those that could not leave: a step of theirs may run on in this process, so they are not gone before it is. */
    private final Set<String> staying = ConcurrentHashMap.newKeySet();

    SqliteExecutors(ExecutorLocks locks) {
        this.locks = locks;
    }

    /** The byte is held before anybody can see the member. */
    Void join(Session session, ExecutorInfo executor, Instant now) throws SQLException {
        session.update(
                JOIN,
                executor.executorId(),
                executor.application(),
                JsonTexts.array(executor.names()),
                executor.lease().toMillis(),
                millis(now));
        long number = session.first(NUMBER, row -> row.getLong(1), executor.executorId());
        try {
            held.put(executor.executorId(), locks.hold(number));
        } catch (IOException failure) {
            throw unavailable("hold the lock of executor " + executor.executorId(), failure);
        }
        return null;
    }

    /** Leaves nothing behind, unless there are workflows to take over. */
    boolean leave(Session session, String executorId) throws SQLException {
        if (session.any(OWNED, executorId)) {
            staying.add(executorId);
            return false;
        }
        session.update(REMOVE, executorId);
        return true;
    }

    /** Lets go of an executor's byte, if this store holds it. */
    void release(String executorId) {
        var lock = held.remove(executorId);
        if (lock == null) return;
        try {
            lock.release();
        } catch (IOException failure) {
            throw unavailable("release the lock of executor " + executorId, failure);
        }
    }

    boolean isAlive(Session session, String executorId) throws SQLException {
        return session.any(IS_ALIVE, executorId);
    }

    Tick beat(Session session, String executorId, Instant now) throws SQLException {
        session.update(BEAT, millis(now), executorId);
        return look(session, executorId, now);
    }

    Tick look(Session session, String executorId, Instant now) throws SQLException {
        var members = members(session);
        return new Tick(
                members.stream().anyMatch(member -> member.executorId().equals(executorId) && !member.gone()),
                now,
                Set.copyOf(session.list(CANCELLED, SqliteExecutors::owner, executorId)),
                members.stream().filter(member -> !member.executorId().equals(executorId)).toList(),
                session.first(QUEUES_VERSION, row -> row.getLong(1)));
    }

    List<ExecutorInfo> members(Session session) throws SQLException {
        return session.list(MEMBERS, this::member);
    }

    List<Owner> owned(Session session, String executorId) throws SQLException {
        return session.list(OWNED, SqliteExecutors::owner, executorId);
    }

    private static Owner owner(ResultSet row) throws SQLException {
        return new Owner(row.getString(1), row.getLong(2));
    }

    private ExecutorInfo member(ResultSet row) throws SQLException {
        return new ExecutorInfo(
                row.getString(1),
                row.getString(2),
                JsonTexts.set(row.getString(3)),
                Duration.ofMillis(row.getLong(4)),
                instant(row, 5),
                row.getBoolean(6) || isGone(row.getLong(7)));
    }

    private boolean isGone(long number) {
        try {
            return locks.isFree(number);
        } catch (IOException failure) {
            throw unavailable("see which executors live", failure);
        }
    }

    int takeOver(Session session, ExecutorInfo dead, int limit, Instant now) throws SQLException {
        var member = session.first(MEMBER, this::member, dead.executorId());
        if (member == null) return 0;
        boolean unchanged = member.heartbeat().equals(dead.heartbeat());
        boolean late = unchanged && member.heartbeat().plus(member.lease()).isBefore(now);
        if (!late && !dead.gone() && !member.gone()) return 0;

        session.update(DECLARE_DEAD, dead.executorId());
        int taken = new WorkflowRows(session).takeFrom(dead.executorId(), limit, now);
        if (taken < limit) session.update(REMOVE, dead.executorId());
        return taken;
    }

    private static SystemDatabaseException unavailable(String act, IOException failure) {
        return new SystemDatabaseException(Kind.UNAVAILABLE, "cannot " + act, failure);
    }

    boolean isAnyStaying() {
        return !staying.isEmpty();
    }

    /** Whoever did not try to leave is certainly gone. */
    @Override
    public void close() {
        held.keySet().stream().filter(executorId -> !staying.contains(executorId)).forEach(this::release);
    }
}
