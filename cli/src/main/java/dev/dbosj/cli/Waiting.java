package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;

/** Waits until workflows have ended, by looking. */
final class Waiting {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    private final DBOSClient client;
    private final Terminal.Pause pause;
    private final Duration most;
    private final long start = System.nanoTime();

    /** @param most for how long; null for ever */
    Waiting(DBOSClient client, Terminal.Pause pause, Duration most) {
        this.client = client;
        this.pause = pause;
        this.most = most;
    }

    /** The workflow when it has ended; null if it has not in time. */
    WorkflowStatus end(String workflowId) throws InterruptedException {
        while (true) {
            var workflow = client.getWorkflow(workflowId);
            if (workflow.status().isTerminal()) return workflow;
            if (most != null && System.nanoTime() - start >= most.toNanos()) return null;
            pause.of(BETWEEN_LOOKS);
        }
    }
}
