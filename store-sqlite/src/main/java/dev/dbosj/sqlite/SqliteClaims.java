package dev.dbosj.sqlite;

import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.jdbc.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Set;

/**
 * Claims what is ready. A queue is searched name by name, each name in its own order: work that nobody here knows is
 * stepped over at once, however much of it there is.
 */
final class SqliteClaims {
    private record Head(int priority, long sequence, long bytes) {
        private static final Comparator<Head> ORDER =
                Comparator.comparingInt(Head::priority).thenComparingLong(Head::sequence);
    }

    private record Claimed(long sequence, ClaimedWorkflow workflow) {}

    /** So many of those that are due are woken by one claim; the rest by the next ones. */
    private static final int MOST_WOKEN = 10_000;

    private static final String DUE = "select 1 from workflow_status where status = 'DELAYED' and wake_at <= ? limit 1";

    private static final String WAKE = """
            update workflow_status
               set status = 'ENQUEUED', wake_at = null
             where sequence in (
                select sequence
                  from workflow_status
                 where status = 'DELAYED' and wake_at <= ?
                 order by wake_at
                 limit ?)
            """;

    private static final String NEXT_NAME = """
            select name
              from workflow_status
             where status = 'ENQUEUED' and queue_name = ? and name > ?
             order by name
             limit 1
            """;

    private static final String HEAD = """
            select priority, sequence, octet_length(input)
              from workflow_status
             where status = 'ENQUEUED' and queue_name = ? and name = ?
             order by priority, sequence
             limit ?
            """;

    // Who owns a workflow is among the executors, dead or alive.
    private static final String FREE = """
            select concurrency - (
                select count(*)
                  from executors e cross join workflow_status w on w.executor_id = e.executor_id
                 where w.queue_name = queues.name)
              from queues
             where name = ? and concurrency is not null
            """;

    private static final String CLAIM = """
            update workflow_status
               set status = 'PENDING', executor_id = ?, owner_epoch = owner_epoch + 1, started_at = ?
             where sequence in (select value from json_each(?))
            returning sequence, workflow_id, owner_epoch, uid, name, queue_name, input, attempts
            """;

    private SqliteClaims() {}

    /** Whether a claim would find or wake anything. */
    static boolean isWork(Session session, ClaimRequest request, Instant now) throws SQLException {
        if (session.any(DUE, millis(now))) return true;
        for (var queue : request.slots().keySet())
            if (!names(session, queue, request.names()).isEmpty()) return true;
        return false;
    }

    static List<ClaimedWorkflow> claim(Session session, ClaimRequest request, Instant now) throws SQLException {
        session.update(WAKE, millis(now), MOST_WOKEN);
        var heads = new ArrayList<Long>();
        long bytes = 0;
        for (var slots : request.slots().entrySet()) {
            int wanted = Math.min(slots.getValue(), request.inAll() - heads.size());
            int free = wanted == 0 ? 0 : Math.min(wanted, free(session, slots.getKey()));
            for (var head : head(session, slots.getKey(), free, request.names())) {
                if (bytes < SqliteDatabase.READ_BYTES) heads.add(head.sequence());
                bytes += head.bytes();
            }
        }
        if (heads.isEmpty()) return List.of();

        var claimed = new HashMap<Long, ClaimedWorkflow>();
        session.list(CLAIM, SqliteClaims::claimed, request.executorId(), millis(now), JsonTexts.array(heads))
                .forEach(row -> claimed.put(row.sequence(), row.workflow()));
        return heads.stream().map(claimed::get).toList();
    }

    /** How many more the limit for all executors lets run. */
    private static int free(Session session, String queue) throws SQLException {
        var free = session.first(FREE, row -> row.getInt(1), queue);
        return free == null ? Integer.MAX_VALUE : Math.max(0, free);
    }

    /** The names of the ready workflows of a queue, of those that are wanted. */
    private static List<String> names(Session session, String queue, Set<String> wanted) throws SQLException {
        var names = new ArrayList<String>();
        for (var name = nextName(session, queue, ""); name != null; name = nextName(session, queue, name))
            if (wanted.contains(name)) names.add(name);
        return names;
    }

    private static String nextName(Session session, String queue, String name) throws SQLException {
        return session.first(NEXT_NAME, row -> row.getString(1), queue, name);
    }

    private static List<Head> head(Session session, String queue, int slots, Set<String> wanted) throws SQLException {
        if (slots == 0) return List.of();
        var head = new ArrayList<Head>();
        for (var name : names(session, queue, wanted))
            head.addAll(session.list(
                    HEAD, row -> new Head(row.getInt(1), row.getLong(2), row.getLong(3)), queue, name, slots));
        return head.stream().sorted(Head.ORDER).limit(slots).toList();
    }

    private static Claimed claimed(ResultSet row) throws SQLException {
        long epoch = row.getLong(3);
        boolean claimedBefore = epoch > 1; // or left by an executor that had died unnoticed: nothing is recorded then
        return new Claimed(row.getLong(1), new ClaimedWorkflow(
                new Owner(row.getString(2), epoch),
                row.getLong(4),
                row.getString(5),
                row.getString(6),
                row.getString(7),
                row.getInt(8),
                claimedBefore));
    }
}
