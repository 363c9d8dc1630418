package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
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
