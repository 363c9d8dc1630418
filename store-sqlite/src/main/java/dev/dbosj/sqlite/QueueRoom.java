package dev.dbosj.sqlite;

import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.store.RecentStarts;
import dev.dbosj.store.jdbc.Queries;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.WorkflowQueue;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What the limits of one queue and its partitions leave to one claim, which is the only one at that time. */
final class QueueRoom {
    private record Read(WorkflowQueue queue, QueueState state, RecentStarts starts) {}

    private static final String READ = Queries.QUEUE_COLUMNS + ", state, recent_starts from queues where name = ?";

    // Who owns a workflow is among the executors, dead or alive.
    private static final String HELD = """
            select count(*)
              from executors e cross join workflow_status w on w.executor_id = e.executor_id
             where w.queue_name = ?
            """;

    private static final String HELD_OF_PARTITION = """
            select count(*)
              from executors e cross join workflow_status w on w.executor_id = e.executor_id
             where w.queue_name = ? and w.partition_key = ?
            """;

    private static final String HELD_HERE = """
            select count(*) from workflow_status where executor_id = ? and queue_name = ? and partition_key = ?
            """;

    private static final String PARTITION_STARTS =
            "select recent_starts from queue_partitions where queue_name = ? and partition_key = ?";

    private static final String SAVE = "update queues set recent_starts = ? where name = ?";

    private static final String SAVE_PARTITION = """
            insert into queue_partitions (queue_name, partition_key, recent_starts, forget_at)
            values (?, ?, ?, ?)
                on conflict (queue_name, partition_key) do update
               set recent_starts = excluded.recent_starts, forget_at = excluded.forget_at
            """;

    private static final String FORGET = "delete from queue_partitions where forget_at < ?";

    private final Session session;
    private final WorkflowQueue queue;
    private final QueueState state;
    private final String executorId;
    private final Instant now;
    private RecentStarts starts;
    private int started;
    private final Map<String, RecentStarts> partitionStarts = new HashMap<>();
    private final Map<String, Integer> partitionStarted = new HashMap<>();
    private Duration untilRoom;

    private QueueRoom(Session session, Read read, String executorId, Instant now) {
        this.session = session;
        this.queue = read.queue();
        this.state = read.state();
        this.starts = read.starts();
        this.executorId = executorId;
        this.now = now;
    }

    static QueueRoom of(Session session, String queueName, String executorId, Instant now) throws SQLException {
        var read = session.first(
                READ,
                row -> new Read(
                        Queries.queue(row),
                        QueueState.valueOf(row.getString("state")),
                        RecentStarts.parse(row.getString("recent_starts"))),
                queueName);
        var undefined = new Read(WorkflowQueue.named(queueName), QueueState.ACTIVE, RecentStarts.NONE);
        return new QueueRoom(session, read == null ? undefined : read, executorId, now);
    }

    String name() {
        return queue.name();
    }

    /** How many of those wanted the queue lets run. */
    int free(int wanted) throws SQLException {
        if (state == QueueState.PAUSED) return 0;
        var limit = queue.limits().concurrency();
        return limit == null ? wanted : Math.clamp(limit - count(HELD, queue.name()), 0, wanted);
    }

    /** How many of those wanted the limits of that partition let run. */
    int free(String partition, int wanted) throws SQLException {
        if (partition.isEmpty()) return wanted;
        int free = wanted;
        var limits = queue.partitionLimits();
        if (limits.workerConcurrency() != null)
            free = Math.clamp(
                    limits.workerConcurrency() - count(HELD_HERE, executorId, queue.name(), partition), 0, free);
        if (limits.concurrency() != null && free > 0)
            free = Math.clamp(limits.concurrency() - count(HELD_OF_PARTITION, queue.name(), partition), 0, free);
        return free;
    }

    private long count(String sql, Object... values) throws SQLException {
        return session.first(sql, row -> row.getLong(1), values);
    }

    /** Whether the rate of that partition lets it start anything. */
    boolean hasRoom(String partition) throws SQLException {
        var rate = partition.isEmpty() ? null : queue.partitionLimits().rate();
        return rate == null || recent(partition).room(rate, now) > 0 || later(recent(partition), rate);
    }

    /** Without those that the rate of the partition holds back: others have their turns. */
    <T> List<T> withinRate(String partition, List<T> ready, Predicate<T> started) throws SQLException {
        var rate = partition.isEmpty() ? null : queue.partitionLimits().rate();
        if (rate == null) return ready;
        int room = recent(partition).room(rate, now);
        int taken = 0;
        var within = new ArrayList<T>();
        for (var one : ready) {
            boolean fresh = !started.test(one);
            if (fresh && taken == room) later(recent(partition).plus(taken, rate, now), rate);
            else within.add(one);
            if (fresh && taken < room) taken++;
        }
        return within;
    }

    /** Takes a start from what the rate of the queue leaves. @return false if it leaves none */
    boolean mayStart(String partition) {
        var rate = queue.limits().rate();
        if (rate != null && starts.room(rate, now) <= started) return later(starts.plus(started, rate, now), rate);
        started++;
        if (!partition.isEmpty() && queue.partitionLimits().rate() != null)
            partitionStarted.merge(partition, 1, Integer::sum);
        return true;
    }

    private boolean later(RecentStarts recent, RateLimit rate) {
        var pause = recent.untilRoom(rate, now);
        if (untilRoom == null || pause.compareTo(untilRoom) < 0) untilRoom = pause;
        return false;
    }

    private RecentStarts recent(String partition) throws SQLException {
        var known = partitionStarts.get(partition);
        if (known == null) {
            known = RecentStarts.parse(
                    session.first(PARTITION_STARTS, row -> row.getString(1), queue.name(), partition));
            partitionStarts.put(partition, known);
        }
        return known;
    }

    /** How long until a rate leaves room for what it has held back; null if none has. */
    Duration untilRoom() {
        return untilRoom;
    }

    /** Writes what was started. */
    void save() throws SQLException {
        var rate = queue.limits().rate();
        if (rate != null && started > 0) session.update(SAVE, starts.plus(started, rate, now).toString(), queue.name());
        var partitionRate = queue.partitionLimits().rate();
        if (partitionStarted.isEmpty()) return;
        for (var partition : partitionStarted.entrySet()) {
            var recent = partitionStarts.get(partition.getKey()).plus(partition.getValue(), partitionRate, now);
            session.update(
                    SAVE_PARTITION, queue.name(), partition.getKey(), recent.toString(),
                    millis(now.plus(partitionRate.period().multipliedBy(2))));
        }
        session.update(FORGET, millis(now));
    }
}
