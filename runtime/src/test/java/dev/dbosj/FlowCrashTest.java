package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.QueueDrainingException;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left of a queue's rules when a process dies: all of them. */
@Timeout(30)
class FlowCrashTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final Duration DELAY = Duration.ofMillis(700);

    private final String url = url();
    private final Jobs lost = new Jobs();
    private final Jobs jobs = new Jobs();

    /** Where the workflows are stored: the same place all through a test. */
    String url() {
        return "memory:" + UUID.randomUUID();
    }

    static class Jobs {
        final CountDownLatch reached = new CountDownLatch(1);
        final CountDownLatch gate = new CountDownLatch(1);
        final ConcurrentLinkedQueue<String> begun = new ConcurrentLinkedQueue<>();

        @Workflow
        String note(String name) {
            return DBOS.runStep("note", () -> {
                begun.add(name);
                return name;
            });
        }

        @Workflow
        String held(String name) throws InterruptedException {
            return DBOS.runStep("hold", () -> {
                begun.add(name);
                reached.countDown();
                gate.await();
                return name;
            });
        }
    }

    private DBOSConfig config() {
        return DBOSConfig.named("flow").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ZERO)
                .lease(Duration.ofSeconds(1)).pollInterval(Duration.ofMillis(100));
    }

    /** A process that dies in the middle of a held workflow, with others behind it. */
    private MortalRuntime victim() {
        var victim = MortalRuntime.launch(config(), lost);
        victim.dbos().registerQueue(WorkflowQueue.named("queue").workerConcurrency(1));
        return victim;
    }

    @AfterEach
    void letGo() {
        lost.gate.countDown();
        jobs.gate.countDown();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it happens in time").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void aDelayEndsAtItsTimeAlsoWithoutWhoeverAskedForIt() {
        try (var victim = victim()) {
            var id = victim.dbos().with(WorkflowOptions.defaults().delay(DELAY))
                    .enqueueWorkflow("queue", lost::note, "later").workflowId();
            victim.kill();
            try (var dbos = DBOS.launch(config(), jobs)) {
                assertThat(dbos.retrieveWorkflow(id, String.class).getResult(LONG)).isEqualTo("later");
                var status = dbos.getWorkflow(id);
                assertThat(Duration.between(status.createdAt(), status.startedAt())).isGreaterThanOrEqualTo(DELAY);
                assertThat(jobs.begun).containsExactly("later");
                assertThat(lost.begun).isEmpty();
            }
        }
    }

    @Test
    void aPauseOutlivesWhoeverOrderedIt() throws InterruptedException {
        try (var victim = victim()) {
            var waiting = victim.dbos();
            var held = waiting.enqueueWorkflow("queue", lost::held, "held").workflowId();
            lost.reached.await();
            waiting.pauseQueue("queue");
            var behind = waiting.enqueueWorkflow("queue", lost::note, "behind").workflowId();
            victim.kill();
            try (var dbos = DBOS.launch(config(), jobs)) {
                await(() -> dbos.getWorkflow(held).status() == WorkflowState.ENQUEUED || !jobs.begun.isEmpty());
                assertThat(dbos.startWorkflow(jobs::note, "direct").getResult(LONG)).isEqualTo("direct");
                assertThat(dbos.getWorkflow(behind).status()).isEqualTo(WorkflowState.ENQUEUED);

                dbos.resumeQueue("queue");
                jobs.gate.countDown();
                assertThat(dbos.retrieveWorkflow(held, String.class).getResult(LONG)).isEqualTo("held");
                assertThat(dbos.retrieveWorkflow(behind, String.class).getResult(LONG)).isEqualTo("behind");
                assertThat(jobs.begun).containsExactlyInAnyOrder("direct", "held", "behind");
            }
        }
    }

    @Test
    void aQueueThatDrainsTakesNothingMoreAlsoFromOthers() throws InterruptedException {
        try (var victim = victim()) {
            var held = victim.dbos().enqueueWorkflow("queue", lost::held, "held").workflowId();
            lost.reached.await();
            assertThat(victim.dbos().drainQueue("queue", Duration.ofMillis(100))).isFalse();
            victim.kill();
            jobs.gate.countDown();
            try (var dbos = DBOS.launch(config(), jobs)) {
                assertThatThrownBy(() -> dbos.enqueueWorkflow("queue", jobs::note, "late"))
                        .isInstanceOf(QueueDrainingException.class);
                assertThat(dbos.drainQueue("queue", LONG)).isTrue();
                assertThat(dbos.retrieveWorkflow(held, String.class).getResult(LONG)).isEqualTo("held");
            }
        }
    }

    @Test
    void whatALostProcessWorkedOnIsTakenByOneThatListensToItsQueue() throws InterruptedException {
        try (var victim = victim()) {
            victim.dbos().registerQueue(WorkflowQueue.named("other"));
            var held = victim.dbos().enqueueWorkflow("queue", lost::held, "held").workflowId();
            lost.reached.await();
            victim.kill();
            jobs.gate.countDown();
            var deaf = new Jobs();
            try (var elsewhere = DBOS.launch(config().listenQueues("other"), deaf)) {
                await(() -> elsewhere.getWorkflow(held).status() == WorkflowState.ENQUEUED);
                assertThat(elsewhere.enqueueWorkflow("other", deaf::note, "other").getResult(LONG)).isEqualTo("other");
                assertThat(elsewhere.getWorkflow(held).status()).isEqualTo(WorkflowState.ENQUEUED);

                try (var listening = DBOS.launch(config().listenQueues("queue"), jobs)) {
                    assertThat(listening.retrieveWorkflow(held, String.class).getResult(LONG)).isEqualTo("held");
                    assertThat(List.copyOf(jobs.begun)).containsExactly("held");
                    assertThat(List.copyOf(deaf.begun)).containsExactly("other");
                }
            }
        }
    }
}
