package dev.dbosj.examples.queueworker;

import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;

/** The worker: runs what is on the queue. It knows nothing of the web server. */
final class Worker {
    // On PostgreSQL, others go on with the work of a killed worker when its lease has ended.
    private static final Duration LEASE = Duration.ofSeconds(5);

    private Worker() {}

    /**
     * Runs until it is stopped.
     *
     * @param companion the process with which it ends too; null for none
     */
    static void run(WorkerSettings settings, Long companion) throws InterruptedException {
        var config = DBOSConfig.named("queue-worker").databaseUrl(settings.databaseUrl()).lease(LEASE);
        try (var dbos = DBOSRuntime.create(config)) {
            dbos.register(new StepByStep(settings.stepTime()));
            dbos.registerQueue(WorkflowQueue.named(Agreement.QUEUE).workerConcurrency(settings.concurrency()));
            dbos.launch();
            System.out.println("Worker %d waits for workflows.".formatted(ProcessHandle.current().pid()));
            if (companion != null) endWith(companion, dbos);
            dbos.awaitShutdown();
        }
    }

    /** Whoever was killed could not end the process that it has started. */
    private static void endWith(long companion, DBOSRuntime dbos) {
        ProcessHandle.of(companion).ifPresentOrElse(process -> process.onExit().thenRun(dbos::close), dbos::close);
    }
}
