package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.QueueDrainingException;
import dev.dbosj.exceptions.QueueNotRegisteredException;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How queues let through what they hold, as a user sees it. */
@Timeout(30)
class FlowControlTest {
    private static final Duration LONG = Duration.ofSeconds(10);

    private final Jobs jobs = new Jobs();
    private DBOSRuntime dbos;
    private DBOSClient client;

    static class Jobs {
        final CountDownLatch gate = new CountDownLatch(1);
        final ConcurrentLinkedQueue<String> begun = new ConcurrentLinkedQueue<>();
        final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
        final AtomicInteger most = new AtomicInteger();

        @Workflow
        String note(String name) {
            begun.add(name);
            return name;
        }

        @Workflow
        String held(String name) throws InterruptedException {
            begun.add(name);
            DBOS.runStep("wait", () -> gate.await());
            return name;
        }

        @Workflow
        String counted(String tenant) throws InterruptedException {
            return DBOS.runStep("work", () -> {
                var together = running.computeIfAbsent(tenant, key -> new AtomicInteger());
                most.accumulateAndGet(together.incrementAndGet(), Math::max);
                Thread.sleep(20);
                together.decrementAndGet();
                begun.add(tenant);
                return tenant;
            });
        }

        @Workflow
        String parent() {
            return DBOS.with(WorkflowOptions.defaults().delay(Duration.ofMillis(300)))
                    .enqueueWorkflow("queue", this::note, "child")
                    .getResult();
        }
    }

    /** The URL of an empty database. */
    String url() {
        return "memory:";
    }

    @BeforeEach
    void launch() {
        var url = url();
        dbos = DBOS.launch(DBOSConfig.named("flow").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ZERO), jobs);
        dbos.registerQueue(WorkflowQueue.named("queue"));
        // From outside where the store can be reached from there.
        client = url.startsWith("memory:") ? dbos : DBOSClient.connect(url);
    }

    @AfterEach
    void close() {
        jobs.gate.countDown();
        if (client != dbos) client.close();
        dbos.close();
    }

    private static WorkflowOptions partition(String key) {
        return WorkflowOptions.defaults().partitionKey(key);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it happens in time").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    // ---- delays --------------------------------------------------------------------------------------------------

    @Test
    void aDelayedWorkflowStartsWhenItsTimeHasComeAndNotEarlier() {
        var later = dbos.with(WorkflowOptions.defaults().delay(Duration.ofMillis(400)));
        var enqueued = later.enqueueWorkflow("queue", jobs::note, "on a queue");
        var started = later.startWorkflow(jobs::note, "directly");
        assertThat(client.getWorkflow(enqueued.workflowId()).status()).isEqualTo(WorkflowState.DELAYED);

        for (var handle : List.of(enqueued, started)) {
            assertThat(handle.getResult(LONG)).isNotBlank();
            var status = client.getWorkflow(handle.workflowId());
            assertThat(Duration.between(status.createdAt(), status.startedAt()))
                    .isBetween(Duration.ofMillis(400), Duration.ofMillis(900));
        }
    }

    @Test
    void aParentWaitsForADelayedChild() {
        assertThat(dbos.startWorkflow(jobs::parent).getResult(LONG)).isEqualTo("child");
    }

    // ---- rates ---------------------------------------------------------------------------------------------------

    @Test
    void noWindowHoldsMoreStartsThanTheRateLets() {
        dbos.registerQueue(WorkflowQueue.named("slow").rateLimit(10, Duration.ofMillis(500)));
        var names = IntStream.range(0, 35).mapToObj(Integer::toString).toList();
        var starts = dbos.enqueueAll("slow", jobs::note, names).stream()
                .peek(handle -> handle.getResult(LONG))
                .map(WorkflowHandle::workflowId)
                .map(client::getWorkflow)
                .map(WorkflowStatus::startedAt)
                .sorted()
                .toList();

        for (int i = 10; i < starts.size(); i++)
            assertThat(Duration.between(starts.get(i - 10), starts.get(i))).isGreaterThanOrEqualTo(Duration.ofMillis(500));
        assertThat(Duration.between(starts.getFirst(), starts.getLast())).isLessThan(Duration.ofMillis(2500));
    }

    // ---- partitions ----------------------------------------------------------------------------------------------

    @Test
    void aTenantThatFloodsDoesNotHoldUpTheOthers() throws Exception {
        dbos.registerQueue(WorkflowQueue.named("tenants").workerConcurrency(2));
        var names = IntStream.range(0, 200).mapToObj(n -> "flood").toList();
        dbos.with(partition("flood")).enqueueAll("tenants", jobs::counted, names);
        await(() -> jobs.begun.size() > 4);
        int before = jobs.begun.size();
        var small = IntStream.range(0, 5)
                .mapToObj(n -> dbos.with(partition("tenant " + n)).enqueueWorkflow("tenants", jobs::counted, "small"))
                .toList();
        small.forEach(handle -> handle.getResult(LONG));

        assertThat(jobs.begun.size() - before).as("jobs that ended meanwhile").isLessThan(30);
    }

    @Test
    void onePartitionRunsNoMoreThanItsLimitAndAllAreDone() throws Exception {
        dbos.registerQueue(WorkflowQueue.named("tenants").partitionConcurrency(1));
        for (int tenant = 0; tenant < 4; tenant++) {
            var name = "tenant " + tenant;
            dbos.with(partition(name)).enqueueAll("tenants", jobs::counted, IntStream.range(0, 5).mapToObj(n -> name).toList());
        }

        await(() -> jobs.begun.size() == 20);
        assertThat(jobs.most).hasValue(1);
    }

    // ---- priorities ----------------------------------------------------------------------------------------------

    @Test
    void anAgedWorkflowGoesBeforeLaterOnesOfHigherPriority() throws Exception {
        dbos.registerQueue(WorkflowQueue.named("aging").priorityAging(Duration.ofMillis(100)));
        client.pauseQueue("aging");
        dbos.with(WorkflowOptions.defaults().priority(2)).enqueueWorkflow("aging", jobs::note, "low");
        dbos.enqueueWorkflow("aging", jobs::note, "high");
        Thread.sleep(250);
        dbos.enqueueWorkflow("aging", jobs::note, "late");
        dbos.registerQueue(WorkflowQueue.named("aging").workerConcurrency(1));
        client.resumeQueue("aging");

        await(() -> jobs.begun.size() == 3);
        assertThat(jobs.begun).containsExactly("high", "low", "late");
    }

    // ---- states --------------------------------------------------------------------------------------------------

    @Test
    void aPausedQueueTakesAndDoesNotGive() throws Exception {
        client.pauseQueue("queue");
        var waiting = dbos.enqueueWorkflow("queue", jobs::note, "waiting");
        dbos.registerQueue(WorkflowQueue.named("other"));
        assertThat(dbos.enqueueWorkflow("other", jobs::note, "other").getResult(LONG)).isEqualTo("other");

        assertThat(jobs.begun).containsExactly("other");
        assertThat(client.queueStats().getLast()).satisfies(stats -> {
            assertThat(stats.name()).isEqualTo("queue");
            assertThat(stats.state()).isEqualTo(QueueState.PAUSED);
            assertThat(stats.enqueued()).isEqualTo(1);
        });
        client.resumeQueue("queue");
        assertThat(waiting.getResult(LONG)).isEqualTo("waiting");
    }

    @Test
    void aDrainedQueueTakesNothingMoreAndIsEmptyInTheEnd() throws Exception {
        var held = dbos.enqueueWorkflow("queue", jobs::held, "held");
        await(() -> jobs.begun.contains("held"));
        assertThat(client.drainQueue("queue", Duration.ofMillis(200))).isFalse();
        await(() -> refuses());

        jobs.gate.countDown();
        assertThat(client.drainQueue("queue", LONG)).isTrue();
        assertThat(held.getStatus().status()).isEqualTo(WorkflowState.SUCCESS);
        client.resumeQueue("queue");
        await(() -> !refuses());
    }

    private boolean refuses() {
        try {
            client.enqueue("queue", "note", "again");
            return false;
        } catch (QueueDrainingException refused) {
            assertThat(refused).hasMessageContaining("resumeQueue(\"queue\")");
            return true;
        }
    }

    @Test
    void aQueueThatNobodyRegisteredCannotBePaused() {
        assertThatThrownBy(() -> client.pauseQueue("nobody")).isInstanceOf(QueueNotRegisteredException.class)
                .hasMessageContaining("nobody");
    }

    // ---- what a queue holds ----------------------------------------------------------------------------------------

    @Test
    void theStatsSayWhatWaitsAndRuns() throws Exception {
        dbos.registerQueue(WorkflowQueue.named("queue").concurrency(1));
        var before = Instant.now();
        dbos.enqueueAll("queue", jobs::held, List.of("a", "b", "c"));
        dbos.with(WorkflowOptions.defaults().delay(Duration.ofHours(1))).enqueueWorkflow("queue", jobs::note, "later");
        dbos.with(partition("p").delay(Duration.ofHours(1))).enqueueWorkflow("queue", jobs::note, "later");
        await(() -> !jobs.begun.isEmpty());
        Thread.sleep(50);

        assertThat(client.queueStats()).singleElement().satisfies(stats -> {
            assertThat(stats.enqueued()).isEqualTo(2);
            assertThat(stats.delayed()).isEqualTo(2);
            assertThat(stats.running()).isEqualTo(1);
            assertThat(stats.lag()).isBetween(Duration.ofMillis(40), Duration.between(before, Instant.now()).plusMillis(5));
        });
    }
}
