package dev.dbosj.examples.patterns;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One tenant floods the queue; the others are served as if he did not: each tenant is a partition, and they take turns. */
final class FairTenants {
    private static final String QUEUE = "tenants";
    private static final int FLOOD = 200;

    private final AtomicInteger begun = new AtomicInteger();

    /** @return how many jobs of all tenants had begun before */
    @Workflow
    int render(String tenant) throws InterruptedException {
        return DBOS.runStep("render", () -> {
            int before = begun.getAndIncrement();
            Thread.sleep(Duration.ofMillis(5));
            return before;
        });
    }

    static void run(DBOSConfig config, PrintStream out) {
        var jobs = new FairTenants();
        try (var dbos = DBOS.launch(config, jobs)) {
            dbos.registerQueue(WorkflowQueue.named(QUEUE).workerConcurrency(2));
            var flood = dbos.with(ofTenant("acme")).enqueueAll(QUEUE, jobs::render, Collections.nCopies(FLOOD, "acme"));
            out.printf("acme enqueues %d jobs; then ann, bob and cleo one each%n", FLOOD);
            for (var tenant : List.of("ann", "bob", "cleo")) {
                int begunBefore = jobs.begun.get();
                var job = dbos.with(ofTenant(tenant)).enqueueWorkflow(QUEUE, jobs::render, tenant);
                out.printf("%-4s waits for %d jobs of acme%n", tenant, job.getResult() - begunBefore);
            }
            flood.forEach(job -> job.getResult());
            out.printf("all %d jobs are done%n", jobs.begun.get());
        }
    }

    private static WorkflowOptions ofTenant(String tenant) {
        return WorkflowOptions.defaults().partitionKey(tenant);
    }
}
