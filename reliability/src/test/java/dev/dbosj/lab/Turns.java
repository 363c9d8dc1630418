package dev.dbosj.lab;

import dev.dbosj.DBOS;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowQueue;
import java.util.random.RandomGenerator;

/** Workflows that take turns: only so many at once on all processes together, and fewer on each. */
final class Turns {
    static final String QUEUE = "turns";
    static final String NAME = "take";
    static final int CONCURRENCY = 5;
    static final int OF_ONE = 2;

    private static final int SHORTEST = 5;
    private static final int LONGEST = 40;

    private final Ledger ledger;

    Turns(Ledger ledger) {
        this.ledger = ledger;
    }

    static WorkflowQueue queue() {
        return WorkflowQueue.named(QUEUE).concurrency(CONCURRENCY).workerConcurrency(OF_ONE);
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
