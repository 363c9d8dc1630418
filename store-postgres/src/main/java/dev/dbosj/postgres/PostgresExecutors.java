package dev.dbosj.postgres;

import static dev.dbosj.store.jdbc.Rows.instant;

import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.Owner;
import dev.dbosj.store.Tick;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.store.jdbc.WorkflowRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The members of the fleet: who they are, which of them live, and taking over from the dead. Whoever claims for an
 * executor holds its row by a key share until the commit; whoever declares it dead locks it for an update, and so sees
 * all that was claimed. Heartbeats get along with the former and wait for the latter.
 */
final class PostgresExecutors {
    private static final String JOIN = """
            insert into dbosj.executors (executor_id, application, names, lease, heartbeat, dead)
            values (?, ?, ?, ?, dbosj.now_ms(), false)
            """;

    private static final String MEMBERS = """
            select executor_id, application, names, lease, heartbeat, dead
              from dbosj.executors
             order by number
            """;

    // The rows: oneself, the cancelled runs, the other members. The offset keeps the join from reading through the
    // table.
    private static final String TICK = """
            with beat as (
                update dbosj.executors
                   set heartbeat = dbosj.now_ms()
                 where executor_id = ? and not dead and ?
                returning 1
            )
            select null, null, null::text[], dbosj.now_ms(),
                   (select coalesce(sum(version), 0)::bigint from dbosj.queues),
                   case when ? then exists (select from beat)
                        else exists (select from dbosj.executors where executor_id = ? and not dead) end,
                   0 as kind, 0 as place
             union all
            select cancelled.workflow_id, null, null::text[], cancelled.owner_epoch, null, null, 1, 0
              from dbosj.workflow_owned o
             cross join lateral (
                    select w.workflow_id, w.owner_epoch
                      from dbosj.workflow_status w
                     where w.sequence = o.sequence
                    offset 0) cancelled
             where o.executor_id = ? and o.cancelled
             union all
            select executor_id, application, names, lease, heartbeat, dead, 2, number
              from dbosj.executors
             where executor_id <> ?
             order by kind, place
            """;

    private static final String OWNED = "select w.workflow_id, w.owner_epoch from {owned}";

    private static final String LIVING = """
            select executor_id
              from dbosj.executors
             where executor_id = any (?::text[]) and not dead
             order by executor_id
               for key share
            """;

    private static final String DYING = """
            select heartbeat = ? and heartbeat + lease < dbosj.now_ms() or dead or ?
              from dbosj.executors
             where executor_id = ?
               for update
            """;

    private static final String DECLARE_DEAD = "update dbosj.executors set dead = true where executor_id = ?";

    private static final String REMOVE = "delete from dbosj.executors where executor_id = ?";

    private static final String LOCK = "select from dbosj.executors where executor_id = ? for update";

    private PostgresExecutors() {}

    static Void join(Session session, ExecutorInfo executor) throws SQLException {
        session.update(
                JOIN,
                executor.executorId(),
                executor.application(),
                executor.names(),
                executor.lease().toMillis());
        return null;
    }

    static List<ExecutorInfo> members(Session session) throws SQLException {
        return session.list(MEMBERS, PostgresExecutors::member);
    }

    static Tick tick(Session session, String executorId, boolean heartbeat) throws SQLException {
        var answer = new TickBuilder();
        session.list(TICK, answer::read, executorId, heartbeat, heartbeat, executorId, executorId, executorId);
        return answer.build();
    }

    private static final class TickBuilder {
        private final Set<Owner> cancelled = new HashSet<>();
        private final List<ExecutorInfo> others = new ArrayList<>();
        private Instant now;
        private long queuesVersion;
        private boolean alive;

        boolean read(ResultSet row) throws SQLException {
            return switch (row.getInt(7)) {
                case 0 -> readSelf(row);
                case 1 -> cancelled.add(new Owner(row.getString(1), row.getLong(4)));
                default -> others.add(member(row));
            };
        }

        private boolean readSelf(ResultSet row) throws SQLException {
            now = instant(row, 4);
            queuesVersion = row.getLong(5);
            return alive = row.getBoolean(6);
        }

        Tick build() {
            return new Tick(alive, now, cancelled, others, queuesVersion);
        }
    }

    private static ExecutorInfo member(ResultSet row) throws SQLException {
        return new ExecutorInfo(
                row.getString(1),
                row.getString(2),
                Set.of((String[]) row.getArray(3).getArray()),
                Duration.ofMillis(row.getLong(4)),
                instant(row, 5),
                row.getBoolean(6));
    }

    static List<Owner> owned(Session session, String executorId) throws SQLException {
        return session.list(OWNED, row -> new Owner(row.getString(1), row.getLong(2)), executorId);
    }

    /** Those that are members, and cannot be declared dead before the commit. */
    static Set<String> living(Session session, Set<String> executorIds) throws SQLException {
        if (executorIds.isEmpty()) return Set.of();
        return Set.copyOf(session.list(LIVING, row -> row.getString(1), executorIds));
    }

    static int takeOver(Session session, ExecutorInfo dead, int limit) throws SQLException {
        var dying = session.first(
                DYING, row -> row.getBoolean(1), dead.heartbeat().toEpochMilli(), dead.gone(), dead.executorId());
        if (dying == null || !dying) return 0;
        session.update(DECLARE_DEAD, dead.executorId());
        int taken = new WorkflowRows(session).takeFrom(dead.executorId(), limit, PostgresDatabase.now(session));
        if (taken < limit) session.update(REMOVE, dead.executorId());
        return taken;
    }

    /** Leaves nothing behind, unless there are workflows to take over. */
    static Void leave(Session session, String executorId) throws SQLException {
        session.any(LOCK, executorId);
        if (!session.any(OWNED, executorId)) session.update(REMOVE, executorId);
        return null;
    }
}
