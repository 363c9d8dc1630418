package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.time.Seams;
import dev.dbosj.time.Signals;
import dev.dbosj.time.Threads;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class ShutdownTest {
    private final String url = url();

    /** Where the workflows are stored: the same place all through a test. */
    String url() {
        return "memory:" + UUID.randomUUID();
    }

    static class Slow {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch end = new CountDownLatch(1);

        @Workflow
        String slow() throws InterruptedException {
            return DBOS.runStep("slow", () -> {
                begun.countDown();
                end.await();
                return "done";
            });
        }
    }

    private static boolean isOfTheEngine(Thread thread) {
        return thread.getName().startsWith("dbosj-");
    }

    static class Parent {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch end = new CountDownLatch(1);
        DBOSRuntime dbos;

        @Workflow
        String parent() throws InterruptedException {
            DBOS.runStep("slow", () -> {
                begun.countDown();
                end.await();
            });
            return dbos.startWorkflow(this::child).getResult();
        }

        @Workflow
        String child() {
            return "grown";
        }
    }

    @Test
    void aWorkflowThatStartsAChildDuringTheShutdownGoesOnInTheNextRuntime() throws Exception {
        var parent = new Parent();
        var dbos = parent.dbos = DBOS.launch(DBOSConfig.named("s").databaseUrl(url).shutdownHook(false), parent);
        dbos.with(WorkflowOptions.id("p")).startWorkflow(parent::parent);
        parent.begun.await();
        var closer = Thread.ofPlatform().start(dbos::close);
        while (dbos.isLaunched()) Thread.onSpinWait();
        parent.end.countDown();
        closer.join();

        try (var next = parent.dbos = DBOS.launch(DBOSConfig.named("s").databaseUrl(url).shutdownHook(false), parent)) {
            assertThat(next.retrieveWorkflow("p", String.class).getResult()).isEqualTo("grown");
        }
    }

    /** Threads of workflows that do not come to their first line before they may. */
    private record LateThreads(Threads threads, CountDownLatch mayBegin, Map<String, Thread> loops) implements Threads {
        @Override
        public Thread startWorkflow(String name, Runnable body) {
            return threads.startWorkflow(name, () -> {
                await(mayBegin);
                body.run();
            });
        }

        @Override
        public Thread startEngine(String name, Runnable loop) {
            var thread = threads.startEngine(name, loop);
            loops.put(name, thread);
            return thread;
        }

        @Override
        public <T> T callDatabase(Supplier<T> call) {
            return threads.callDatabase(call);
        }

        @Override
        public Thread shutdownHook(String name, Runnable body) {
            return threads.shutdownHook(name, body);
        }

        @Override
        public void release() {
            threads.release();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stranger) {
            throw new IllegalStateException(stranger);
        }
    }

    @Test
    void whatIsAcceptedWhileTheRuntimeClosesIsHandedBackByIt() throws Exception {
        var accepted = new CountDownLatch(1);
        var closing = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        var system = Seams.system();
        var threads = new LateThreads(system.threads(), closed, new ConcurrentHashMap<>());
        var seams = new Seams(system.time(), system.ids(), threads, (point, detail) -> {
            if (point != Signals.Point.BATCH_COMMITTED) return;
            accepted.countDown();
            await(closing);
        });
        var config = DBOSConfig.named("s").databaseUrl(url).shutdownHook(false);
        var slow = new Slow();
        var dbos = DBOSRuntime.create(config, seams, Assembly.open(config, seams));
        dbos.register(slow);
        dbos.launch();
        var starter = Thread.ofPlatform().start(() -> dbos.with(WorkflowOptions.id("w")).startWorkflow(slow::slow));
        accepted.await();
        var closer = Thread.ofPlatform().start(dbos::close);
        threads.loops().get("dbosj-waiter").join(); // it ends when all runs have left
        closing.countDown();
        starter.join();
        closer.join();
        closed.countDown();

        try (var client = DBOSClient.connect(config)) {
            assertThat(client.getWorkflow("w").status()).isEqualTo(WorkflowState.ENQUEUED);
        }
    }

    @Test
    void closeLeavesNoThread() throws Exception {
        var slow = new Slow();
        var dbos = DBOS.launch(DBOSConfig.named("s").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ofMillis(20)), slow);
        dbos.startWorkflow(slow::slow);
        slow.begun.await();

        dbos.close();

        // A thread that has done its last act is still listed for a moment.
        while (Thread.getAllStackTraces().keySet().stream().anyMatch(ShutdownTest::isOfTheEngine)) Thread.onSpinWait();
    }

    @Test
    void aStepThatEndsWithinTheGraceIsRecorded() throws Exception {
        var slow = new Slow();
        var dbos = DBOS.launch(DBOSConfig.named("s").databaseUrl(url).shutdownHook(false), slow);
        var handle = dbos.startWorkflow(slow::slow);
        slow.begun.await();
        Thread.ofVirtual().start(() -> {
            while (!Thread.getAllStackTraces().isEmpty() && slow.end.getCount() > 0) slow.end.countDown();
        });

        dbos.close();

        try (var client = DBOSClient.connect(url)) {
            assertThat(client.listWorkflowSteps(handle.workflowId()).getFirst().output()).isEqualTo("\"done\"");
        }
    }
}
