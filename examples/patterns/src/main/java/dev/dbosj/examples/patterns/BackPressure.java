package dev.dbosj.examples.patterns;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.exceptions.QueueFullException;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;

/** A producer that is too fast: one queue says so, another one makes him wait. */
final class BackPressure {
    private static final int DEPTH = 10;
    private static final int JOBS = 30;

    @Workflow
    int resize(int picture) throws InterruptedException {
        return DBOS.runStep("resize", () -> {
            Thread.sleep(Duration.ofMillis(20));
            return picture;
        });
    }

    static void run(DBOSConfig config, PrintStream out) {
        var pictures = new BackPressure();
        try (var dbos = DBOS.launch(config, pictures)) {
            dbos.registerQueue(WorkflowQueue.named("refusing").workerConcurrency(1).maxDepth(DEPTH));
            dbos.registerQueue(WorkflowQueue.named("blocking").workerConcurrency(1)
                    .maxDepth(DEPTH, Duration.ofSeconds(30)));

            var accepted = new ArrayList<WorkflowHandle<Integer>>();
            QueueFullException refusal = null;
            for (int picture = 0; picture < JOBS; picture++)
                try {
                    accepted.add(dbos.enqueueWorkflow("refusing", pictures::resize, picture));
                } catch (QueueFullException full) {
                    refusal = full;
                }
            out.printf("refusing: %d of %d accepted%s%n", accepted.size(), JOBS, refusal == null ? "" : "; the last word was: "
                    + refusal.depth() + " wait, try again in " + refusal.suggestedWait().toMillis() + " ms");

            long began = System.nanoTime();
            for (int picture = 0; picture < JOBS; picture++)
                accepted.add(dbos.enqueueWorkflow("blocking", pictures::resize, picture));
            out.printf("blocking: all %d accepted, in %d ms%n", JOBS, (System.nanoTime() - began) / 1_000_000);
            accepted.forEach(job -> job.getResult());
            out.printf("all %d that were accepted are done%n", accepted.size());
        }
    }
}
