package dev.dbosj.run;

import dev.dbosj.exceptions.QueueNotRegisteredException;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Threads;
import dev.dbosj.workflow.WorkflowQueue;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The queue definitions as this process last read them. Thread-safe. */
public final class KnownQueues {
    private final SystemDatabase database;
    private final Threads threads;
    private volatile Map<String, WorkflowQueue> byName = Map.of();

    public KnownQueues(SystemDatabase database, Threads threads) {
        this.database = database;
        this.threads = threads;
    }

    /** Reads them again. */
    public void refresh() {
        var fresh = new TreeMap<String, WorkflowQueue>();
        for (var queue : threads.callDatabase(database::queues)) fresh.put(queue.name(), queue);
        byName = fresh;
    }

    /** All that are known, by name. */
    public List<WorkflowQueue> all() {
        return List.copyOf(byName.values());
    }

    /** Whether the queue limits how many of its workflows run on all executors together. */
    public boolean isShared(String queueName) {
        var queue = byName.get(queueName);
        return queue != null && queue.concurrency() != null;
    }

    /** Refuses a queue that nobody has registered: what is put there would wait for ever. */
    void require(String queueName) {
        if (byName.containsKey(queueName)) return;
        refresh();
        if (!byName.containsKey(queueName))
            throw new QueueNotRegisteredException(
                    "queue '%s' is not registered; call registerQueue(WorkflowQueue.named(\"%s\")) first. Registered are %s"
                            .formatted(queueName, queueName, byName.keySet()));
    }
}
