package dev.dbosj.executor;

import dev.dbosj.store.NewWorkflow;
import dev.dbosj.workflow.WorkflowQueue;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many workflows may run here, in all and of each queue. A slot is held from the claim until the run's thread has
 * let go. Thread-safe.
 */
final class Slots {
    /** One claim takes no more, so that one executor does not take everything. */
    static final int LARGEST_CLAIM = 1000;

    private final int inAll;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> taken = new HashMap<>();
    private int takenInAll;
    private int round;

    Slots(int inAll) {
        this.inAll = inAll;
    }

    /** How many are free of all. */
    int free() {
        lock.lock();
        try {
            return inAll - takenInAll;
        } finally {
            lock.unlock();
        }
    }

    /** For each queue with a free slot, how many; each time another queue is the first. */
    Map<String, Integer> free(List<WorkflowQueue> queues) {
        lock.lock();
        try {
            var free = new LinkedHashMap<String, Integer>();
            int left = inAll - takenInAll;
            // Workflows that were started directly and lost their executor come first: somebody may wait for them.
            offer(NewWorkflow.DIRECT_QUEUE, left, free);
            if (!queues.isEmpty()) round = (round + 1) % queues.size();
            for (int i = 0; i < queues.size(); i++) {
                var queue = queues.get((round + i) % queues.size());
                int limit = queue.workerConcurrency() == null ? inAll : queue.workerConcurrency();
                offer(queue.name(), Math.min(left, limit - taken.getOrDefault(queue.name(), 0)), free);
            }
            return free;
        } finally {
            lock.unlock();
        }
    }

    private static void offer(String queue, int slots, Map<String, Integer> free) {
        if (slots > 0) free.put(queue, Math.min(slots, LARGEST_CLAIM));
    }

    void take(String queue) {
        lock.lock();
        try {
            taken.merge(queue, 1, Integer::sum);
            takenInAll++;
        } finally {
            lock.unlock();
        }
    }

    void giveBack(String queue) {
        lock.lock();
        try {
            taken.merge(queue, -1, Integer::sum);
            takenInAll--;
        } finally {
            lock.unlock();
        }
    }
}
