package dev.dbosj.sqlite;

import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.store.Claim;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.Turns;
import dev.dbosj.store.jdbc.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Set;

/**
 * Claims what is ready. A queue is searched name by name and partition by partition, each in its own order: work that
 * nobody here knows is stepped over at once, however much of it there is.
 */
final class SqliteClaims {
    private record Head(long rank, long sequence, long bytes, boolean started, String partition) {
        private static final Comparator<Head> ORDER =
                Comparator.comparingLong(Head::rank).thenComparingLong(Head::sequence);
    }

    private record Claimed(long sequence, ClaimedWorkflow workflow) {}

    /** So many of those that are due are woken by one claim; the rest by the next ones. */
    private static final int MOST_WOKEN = 10_000;

    private static final String DUE = "select min(wake_at) from workflow_status where status = 'DELAYED'";

    private static final String WAKE = """
            update workflow_status
               set status = 'ENQUEUED'
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

    private static final String NEXT_PARTITION = """
            select partition_key
              from workflow_status
             where status = 'ENQUEUED' and queue_name = ? and name = ? and partition_key > ?
             order by partition_key
             limit 1
            """;

    private static final String HEAD = """
            select rank, sequence, octet_length(input), owner_epoch > 0, partition_key
              from workflow_status
             where status = 'ENQUEUED' and queue_name = ? and name = ? and partition_key = ?
             order by rank, sequence
             limit ?
            """;

    private static final String CLAIM = """
            update workflow_status
               set status = 'PENDING', executor_id = ?, owner_epoch = owner_epoch + 1, started_at = ?
             where sequence in (select value from json_each(?))
            returning sequence, workflow_id, owner_epoch, uid, name, queue_name, nullif(partition_key, ''), input, attempts
            """;

    private final Session session;
    private final ClaimRequest request;
    private final Instant now;
    private final List<Long> chosen = new ArrayList<>();
    private Duration again;
    private boolean stoppedShort;

    private SqliteClaims(Session session, ClaimRequest request, Instant now) {
        this.session = session;
        this.request = request;
        this.now = now;
    }

    /** What a claim answers that would find and wake nothing; null if it would. */
    static Claim idle(Session session, ClaimRequest request, Instant now) throws SQLException {
        var claims = new SqliteClaims(session, request, now);
        claims.againWhenDue();
        if (claims.again != null && claims.again.isZero()) return null;
        for (var queue : request.slots().keySet()) if (!claims.names(queue).isEmpty()) return null;
        return new Claim(List.of(), claims.again);
    }

    static Claim claim(Session session, ClaimRequest request, Instant now) throws SQLException {
        return new SqliteClaims(session, request, now).claim();
    }

    private Claim claim() throws SQLException {
        session.update(WAKE, millis(now), MOST_WOKEN);
        againWhenDue();
        long bytes = 0;
        for (var slots : request.slots().entrySet()) {
            int wanted = Math.min(slots.getValue(), request.inAll() - chosen.size());
            if (wanted == 0) continue;
            var queue = QueueRoom.of(session, slots.getKey(), request.executorId(), now);
            for (var head : heads(queue, queue.free(wanted))) {
                if (bytes >= SqliteDatabase.READ_BYTES) {
                    stoppedShort = true;
                    break;
                }
                if (!head.started() && !queue.mayStart(head.partition())) continue;
                chosen.add(head.sequence());
                bytes += head.bytes();
            }
            if (queue.untilRoom() != null) again(queue.untilRoom());
            queue.save();
        }
        return new Claim(claimed(), stoppedShort && !chosen.isEmpty() ? Duration.ZERO : again);
    }

    private void againWhenDue() throws SQLException {
        var due = session.first(DUE, row -> row.getObject(1) == null ? null : row.getLong(1));
        if (due != null) again(Duration.ofMillis(Math.max(0, due - now.toEpochMilli())));
    }

    private void again(Duration pause) {
        if (again == null || pause.compareTo(again) < 0) again = pause;
    }

    /** The names of the ready workflows of a queue, of those that are wanted. */
    private List<String> names(String queue) throws SQLException {
        Set<String> wanted = request.names();
        var names = new ArrayList<String>();
        for (var name = nextName(queue, ""); name != null; name = nextName(queue, name))
            if (wanted.contains(name)) names.add(name);
        return names;
    }

    private String nextName(String queue, String name) throws SQLException {
        return session.first(NEXT_NAME, row -> row.getString(1), queue, name);
    }

    /** What has its turn, whether or not the rates let it start. */
    private List<Head> heads(QueueRoom queue, int slots) throws SQLException {
        if (slots == 0) return List.of();
        var names = names(queue.name());
        if (nextPartition(queue.name(), names, "") == null) return head(queue.name(), names, "", slots);

        int most = Math.min(slots, Turns.MOST);
        var partitions = partitions(queue, names, most);
        // Each may have to make up for all the others, which have one at least.
        int ofEach = most - partitions.size() + 1;
        var heads = new ArrayList<List<Head>>();
        for (var partition : partitions) {
            var head = head(queue.name(), names, partition, queue.free(partition, ofEach));
            heads.add(queue.withinRate(partition, head, Head::started));
        }
        var taken = Turns.taken(heads, most);
        stoppedShort |= taken.size() == Turns.MOST;
        return taken;
    }

    /** So many that have something ready and are let start it, from the one whose turn it is. */
    private List<String> partitions(QueueRoom queue, List<String> names, int most) throws SQLException {
        var partitions = new ArrayList<String>();
        var last = request.after().getOrDefault(queue.name(), "");
        var partition = nextPartition(queue.name(), names, last);
        for (; partition != null && partitions.size() < most; partition = nextPartition(queue.name(), names, partition))
            if (hasTurn(queue, names, partition)) partitions.add(partition);
        // Those without a key stand together, like a partition without limits.
        if (partitions.size() < most && !head(queue.name(), names, "", 1).isEmpty()) partitions.add("");
        partition = nextPartition(queue.name(), names, "");
        for (; partition != null && partition.compareTo(last) <= 0 && partitions.size() < most;
                partition = nextPartition(queue.name(), names, partition))
            if (hasTurn(queue, names, partition)) partitions.add(partition);
        return partitions;
    }

    private boolean hasTurn(QueueRoom queue, List<String> names, String partition) throws SQLException {
        if (queue.free(partition, 1) == 0) return false;
        return queue.hasRoom(partition) || head(queue.name(), names, partition, 1).getFirst().started();
    }

    private String nextPartition(String queue, List<String> names, String after) throws SQLException {
        String next = null;
        for (var name : names) {
            var partition = session.first(NEXT_PARTITION, row -> row.getString(1), queue, name, after);
            if (partition != null && (next == null || partition.compareTo(next) < 0)) next = partition;
        }
        return next;
    }

    private List<Head> head(String queue, List<String> names, String partition, int slots) throws SQLException {
        if (slots == 0) return List.of();
        var head = new ArrayList<Head>();
        for (var name : names)
            head.addAll(session.list(
                    HEAD,
                    row -> new Head(row.getLong(1), row.getLong(2), row.getLong(3), row.getBoolean(4), row.getString(5)),
                    queue, name, partition, slots));
        return names.size() == 1 ? head : head.stream().sorted(Head.ORDER).limit(slots).toList();
    }

    private List<ClaimedWorkflow> claimed() throws SQLException {
        if (chosen.isEmpty()) return List.of();
        var claimed = new HashMap<Long, ClaimedWorkflow>();
        session.list(CLAIM, SqliteClaims::claimed, request.executorId(), millis(now), JsonTexts.array(chosen))
                .forEach(row -> claimed.put(row.sequence(), row.workflow()));
        return chosen.stream().map(claimed::get).toList();
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
                row.getString(8),
                row.getInt(9),
                claimedBefore));
    }
}
