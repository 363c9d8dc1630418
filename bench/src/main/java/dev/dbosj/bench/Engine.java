package dev.dbosj.bench;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

/** The workflows that are measured, and a runtime on a database of its own. */
final class Engine implements AutoCloseable {
    static final String QUEUE = "work";

    private final DBOSRuntime runtime;
    private final CountDownLatch drained;

    Engine(Database database, int expected) {
        drained = new CountDownLatch(expected);
        runtime = DBOSRuntime.create(DBOSConfig.named("bench").databaseUrl(database.url()).shutdownHook(false));
        runtime.register(this);
        runtime.registerQueue(WorkflowQueue.named(QUEUE));
    }

    DBOSRuntime launch() {
        return runtime.launch();
    }

    @Workflow
    int steps(int count) {
        int sum = 0;
        for (int step = 0; step < count; step++) {
            int number = step;
            sum += DBOS.runStep("step", () -> number);
        }
        return sum;
    }

    @Workflow
    int one(int number) {
        int result = DBOS.runStep("step", () -> number);
        drained.countDown();
        return result;
    }

    @Workflow
    int echo(int number) {
        return number;
    }

    @Workflow
    int parent(int children) {
        var handles = DBOS.enqueueAll(QUEUE, this::echo, IntStream.range(0, children).boxed().toList());
        return handles.stream().mapToInt(WorkflowHandle::getResult).sum();
    }

    void awaitDrained() throws InterruptedException {
        drained.await();
    }

    @Override
    public void close() {
        runtime.close();
    }
}
