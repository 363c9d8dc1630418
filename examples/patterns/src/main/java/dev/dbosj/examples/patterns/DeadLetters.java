package dev.dbosj.examples.patterns;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.PrintStream;
import java.time.Duration;

/** What has failed three times is put aside with all its errors, and goes on where it failed when the cause is gone. */
final class DeadLetters {
    private static final String QUEUE = "orders";

    private final PrintStream out;
    private volatile boolean bankIsOpen;

    private DeadLetters(PrintStream out) {
        this.out = out;
    }

    @Workflow
    String order(String thing) {
        DBOS.runStep("reserve", () -> out.println("  " + thing + " is reserved"));
        return DBOS.runStep("pay", () -> {
            if (!bankIsOpen) throw new IllegalStateException("the bank is closed");
            return thing + " is paid";
        });
    }

    static void run(DBOSConfig config, PrintStream out) {
        var orders = new DeadLetters(out);
        try (var dbos = DBOS.launch(config, orders)) {
            dbos.registerQueue(WorkflowQueue.named(QUEUE)
                    .retries(RetryPolicy.attempts(3).interval(Duration.ofMillis(50))));
            var order = dbos.enqueueWorkflow(QUEUE, orders::order, "a lamp");
            try {
                order.getResult();
            } catch (WorkflowFailedException failed) {
                tell(dbos, order.workflowId(), out);
            }
            orders.bankIsOpen = true;
            var redriven = dbos.redriveWorkflows(WorkflowFilter.all().queueName(QUEUE));
            out.printf("the bank is open again: %d redriven%n", redriven.size());
            out.println(order.getResult());
        }
    }

    private static void tell(DBOSClient client, String id, PrintStream out) {
        for (var attempt : client.listWorkflowAttempts(id))
            out.printf("attempt %d failed in step %d%s%n", attempt.attempt(), attempt.step(), attempt.dead() ? ", the last one" : "");
        out.println("it is a dead letter: " + client.getWorkflow(id).status());
    }
}
