package dev.dbosj.lab;

import dev.dbosj.DBOS;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Workflows that take turns. On one queue only so many at once on all processes together, and fewer on each; on another
 * only so many in any second.
 */
final class Turns {
    static final String QUEUE = "turns";
    static final String NAME = "take";
    static final int CONCURRENCY = 5;
    static final int OF_ONE = 2;
    static final String RATED = "rated";
    static final RateLimit RATE = new RateLimit(50, Duration.ofSeconds(1));

    private static final int SHORTEST = 5;
    static final int LONGEST = 40;

    private final Ledger ledger;

    Turns(Ledger ledger) {
        this.ledger = ledger;
    }

    static WorkflowQueue queue() {
        return WorkflowQueue.named(QUEUE).concurrency(CONCURRENCY).workerConcurrency(OF_ONE);
    }

    static WorkflowQueue rated() {
        return WorkflowQueue.named(RATED).rateLimit(RATE.starts(), RATE.period());
    }

    static String id(int number) {
        return "turn-" + number;
    }

    @Workflow(name = NAME)
    int take(int number) throws InterruptedException {
        return DBOS.runStep("turn", () -> {
            ledger.write(Entry.Kind.BEGIN, DBOS.workflowId(), 0, "turn", DBOS.attempt(), "");
            Thread.sleep(RandomGenerator.getDefault().nextInt(SHORTEST, LONGEST));
            ledger.write(Entry.Kind.END, DBOS.workflowId(), 0, "turn", DBOS.attempt(), "");
            return number;
        });
    }
}
