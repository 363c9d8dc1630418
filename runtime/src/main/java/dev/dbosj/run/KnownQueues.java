package dev.dbosj.run;

import dev.dbosj.exceptions.QueueDrainingException;
import dev.dbosj.exceptions.QueueNotRegisteredException;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Seams;
import dev.dbosj.time.Threads;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.QueueBound;
import dev.dbosj.workflow.QueueRates;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queue definitions as this process last read them. Thread-safe. */
public final class KnownQueues {
    private static final Logger LOG = LoggerFactory.getLogger(KnownQueues.class);
    private static final long FRESH_NANOS = 1_000_000_000;
    private static final Duration UNKNOWN_WAIT = Duration.ofSeconds(1);
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    /** @param read the number of the read that has brought it; a later one may have overtaken an earlier one */
    private record Known(long read, Map<String, WorkflowQueue> byName, Map<String, QueueState> states) {}

    private final SystemDatabase database;
    private final Threads threads;
    private final Time time;
    private final AtomicLong reads = new AtomicLong();
    private final AtomicReference<Known> known = new AtomicReference<>(new Known(0, Map.of(), Map.of()));
    private volatile boolean followed;
    private volatile long readAt;
    private volatile Map<String, QueueRates> rates = Map.of();
    private volatile long ratesReadAt;

    public KnownQueues(SystemDatabase database, Seams seams) {
        this.database = database;
        this.threads = seams.threads();
        this.time = seams.time();
        this.readAt = time.nanos() - FRESH_NANOS - 1;
        this.ratesReadAt = readAt;
    }

    /** Reads them again. Whoever calls this does so from now on as soon as they have changed. */
    public void follow() {
        refresh();
        followed = true;
    }

    void refresh() {
        readAt = time.nanos();
        long read = reads.incrementAndGet();
        var byName = new TreeMap<String, WorkflowQueue>();
        for (var queue : threads.callDatabase(database::queues)) byName.put(queue.name(), queue);
        var fresh = new Known(read, byName, threads.callDatabase(database::queueStates));
        known.accumulateAndGet(fresh, (now, next) -> next.read() > now.read() ? next : now);
    }

    /** While the database is away what is known holds: whatever is enqueued meanwhile waits for it anyway. */
    void refreshIfPossible() {
        try {
            refresh();
        } catch (SystemDatabaseException away) {
            LOG.debug("the queues are as they were read last: {}", away.getMessage());
        }
    }

    /** The definition of that name, or null if none is known. */
    WorkflowQueue find(String name) {
        return known.get().byName().get(name);
    }

    /** All that are known, by name. */
    public List<WorkflowQueue> all() {
        return List.copyOf(known.get().byName().values());
    }

    /** Whether the queue limits how many of its workflows run on all executors together. */
    public boolean isShared(String queueName) {
        var queue = known.get().byName().get(queueName);
        return queue != null && (queue.limits().isShared() || queue.partitionLimits().isShared());
    }

    /** How many may wait on the queue; null for any number. */
    QueueBound bound(String queueName) {
        var queue = known.get().byName().get(queueName);
        return queue == null ? null : queue.bound();
    }

    /** After which time there may be room for so many on a full queue, as fast as it goes. */
    Duration untilRoomFor(int more, String queueName) {
        if (time.nanos() - ratesReadAt > FRESH_NANOS) readRates();
        double startsPerSecond = rates.getOrDefault(queueName, QueueRates.NONE).startsPerSecond();
        if (startsPerSecond == 0) return UNKNOWN_WAIT;
        long millis = (long) Math.ceil(1000 * more / startsPerSecond);
        return Duration.ofMillis(Math.clamp(millis, SHORTEST_WAIT.toMillis(), LONGEST_WAIT.toMillis()));
    }

    private void readRates() {
        ratesReadAt = time.nanos();
        try {
            rates = threads.callDatabase(database::rates);
        } catch (SystemDatabaseException away) {
            LOG.debug("the queues go as fast as they went last: {}", away.getMessage());
        }
    }

    /** Refuses a queue that is drained, as it was a second ago at the latest. */
    void requireOpen(String queueName) {
        if (!followed && time.nanos() - readAt > FRESH_NANOS) refreshIfPossible();
        if (known.get().states().get(queueName) == QueueState.DRAINING)
            throw new QueueDrainingException(
                    "queue '%s' is drained and takes no workflow more; call resumeQueue(\"%s\") to open it again"
                            .formatted(queueName, queueName));
    }

    /** Refuses a queue that nobody has registered: what is put there would wait for ever. */
    void require(String queueName) {
        if (known.get().byName().containsKey(queueName)) return;
        refresh();
        if (!known.get().byName().containsKey(queueName))
            throw new QueueNotRegisteredException(
                    "queue '%s' is not registered; call registerQueue(WorkflowQueue.named(\"%s\")) first. Registered are %s"
                            .formatted(queueName, queueName, known.get().byName().keySet()));
    }
}
