package dev.dbosj.store.memory;

import dev.dbosj.store.RecentStarts;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** The rows of queues, and what was started lately of those with a rate limit. Guarded by the store's lock. */
final class QueueTable {
    /** @param partition empty for the whole queue */
    private record Rated(String queue, String partition) {}

    private final Map<String, WorkflowQueue> definitions = new TreeMap<>();
    private final Map<String, QueueState> states = new TreeMap<>();
    private final Map<Rated, RecentStarts> starts = new HashMap<>();
    private long version;

    /** What is known of a queue; one that nobody has defined has no limits. */
    WorkflowQueue get(String name) {
        var queue = definitions.get(name);
        return queue == null ? WorkflowQueue.named(name) : queue;
    }

    Collection<WorkflowQueue> all() {
        return definitions.values();
    }

    /** A number that changes when a definition or a state does. */
    long version() {
        return version;
    }

    void define(WorkflowQueue queue) {
        if (!queue.equals(definitions.put(queue.name(), queue))) version++;
    }

    /** @return whether there is such a queue */
    boolean steer(String name, QueueState state) {
        if (!definitions.containsKey(name)) return false;
        var before = state == QueueState.ACTIVE ? states.remove(name) : states.put(name, state);
        if (before != (state == QueueState.ACTIVE ? null : state)) version++;
        return true;
    }

    Map<String, QueueState> states() {
        return states;
    }

    QueueState state(String name) {
        return states.getOrDefault(name, QueueState.ACTIVE);
    }

    /** How many more may be started. @param partition empty for the whole queue */
    int room(String queue, String partition, RateLimit limit, Instant now) {
        return limit == null ? Integer.MAX_VALUE : recent(queue, partition).room(limit, now);
    }

    Duration untilRoom(String queue, String partition, RateLimit limit, Instant now) {
        return recent(queue, partition).untilRoom(limit, now);
    }

    void started(String queue, String partition, RateLimit limit, Instant now) {
        if (limit != null) starts.put(new Rated(queue, partition), recent(queue, partition).plus(1, limit, now));
    }

    private RecentStarts recent(String queue, String partition) {
        return starts.getOrDefault(new Rated(queue, partition), RecentStarts.NONE);
    }
}
