package dev.dbosj.postgres.faults;

import dev.dbosj.DBOS;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowQueue;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The workflows of all trials: steps, events, children that start at once and children that are queued. Each body of a
 * step leaves a mark in a ledger, which no fault of the database reaches.
 */
final class Orders {
    static final WorkflowQueue ORDERS = WorkflowQueue.named("orders").workerConcurrency(20);
    static final WorkflowQueue ITEMS = WorkflowQueue.named("items");
    static final WorkflowQueue FEW = WorkflowQueue.named("few").concurrency(4);

    private final Map<String, Integer> bodies = new ConcurrentHashMap<>();
    private final AtomicInteger fewNow = new AtomicInteger();
    private final AtomicInteger fewAtMost = new AtomicInteger();

    static List<WorkflowQueue> queues() {
        return List.of(ORDERS, ITEMS, FEW);
    }

    /** Two steps, an event that changes, a child of each kind, and their results. */
    @Workflow
    int order(int number) throws InterruptedException {
        DBOS.setEvent("state", "new");
        int reserved = DBOS.runStep("reserve", () -> work(number));
        var queued = DBOS.enqueueWorkflow(ITEMS.name(), this::item, number);
        var started = DBOS.startWorkflow(this::item, number);
        DBOS.setEvent("state", "open");
        DBOS.runStep("charge", () -> work(number));
        int packed = queued.getResult() + started.getResult();
        DBOS.setEvent("state", "closed");
        return reserved + packed;
    }

    static int resultOfOrder(int number) {
        return 3 * number;
    }

    @Workflow
    int item(int number) throws InterruptedException {
        int picked = DBOS.runStep("pick", () -> work(number));
        DBOS.setEvent("packed", picked);
        return DBOS.runStep("pack", () -> work(picked));
    }

    /** Of these only four may run at once, anywhere. */
    @Workflow
    int rarity(int number) throws InterruptedException {
        return DBOS.runStep("show", () -> {
            fewAtMost.accumulateAndGet(fewNow.incrementAndGet(), Math::max);
            try {
                return work(number);
            } finally {
                fewNow.decrementAndGet();
            }
        });
    }

    private int work(int number) throws InterruptedException {
        bodies.merge(DBOS.stepKey(), 1, Integer::sum);
        Thread.sleep(ThreadLocalRandom.current().nextInt(10));
        return number;
    }

    /** How often the body of each step has begun, by its key. */
    Map<String, Integer> bodies() {
        return Map.copyOf(bodies);
    }

    /** The most rarities that were shown at once. */
    int fewAtMost() {
        return fewAtMost.get();
    }
}
