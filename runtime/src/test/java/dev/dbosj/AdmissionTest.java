package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.DuplicateWorkflowException;
import dev.dbosj.exceptions.QueueFullException;
import dev.dbosj.workflow.Deduplication;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a queue takes, and what a crash in the middle of asking leaves: bounds, keys, times, putting off. */
@Timeout(60)
class AdmissionTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final String url = url();
    private final Jobs jobs = new Jobs();
    private final List<AutoCloseable> launched = new ArrayList<>();
    private DBOSRuntime dbos;

    static class Jobs {
        final ConcurrentLinkedQueue<String> begun = new ConcurrentLinkedQueue<>();
        final CountDownLatch reached = new CountDownLatch(1);
        final Semaphore gate = new Semaphore(0);

        @Workflow
        String note(String name) {
            begun.add(name);
            return name;
        }

        @Workflow
        String held(String name) throws InterruptedException {
            begun.add(name);
            DBOS.runStep("wait", () -> gate.acquire());
            return name;
        }

        /** Puts a child on the queue, waits, and tells what came of it. */
        @Workflow
        String parent(String queue) throws InterruptedException {
            String seen;
            try {
                seen = DBOS.enqueueWorkflow(queue, this::note, "child").workflowId();
            } catch (QueueFullException full) {
                seen = "full " + full.depth() + " " + full.suggestedWait().isPositive();
            }
            DBOS.runStep("wait", () -> {
                reached.countDown();
                gate.acquire();
            });
            return seen;
        }

        @Workflow
        String unique(String key, Deduplication.Policy policy) throws InterruptedException {
            String seen;
            try {
                seen = DBOS.with(WorkflowOptions.defaults().deduplicationId(key, policy))
                        .enqueueWorkflow("queue", this::note, "child")
                        .workflowId();
            } catch (DuplicateWorkflowException duplicate) {
                seen = "duplicate of " + duplicate.workflowId();
            }
            DBOS.runStep("wait", () -> {
                reached.countDown();
                gate.acquire();
            });
            return seen;
        }

        @Workflow
        List<String> debouncer(int calls) throws InterruptedException {
            var ids = new ArrayList<String>();
            for (int n = 0; n < calls; n++) ids.add(debounced(n));
            DBOS.runStep("wait", () -> {
                reached.countDown();
                gate.acquire();
            });
            return ids;
        }

        private String debounced(int number) {
            return DBOS.with(WorkflowOptions.defaults().debounce("key", Duration.ofSeconds(2), Duration.ofMinutes(1)))
                    .enqueueWorkflow("queue", this::note, "call " + number)
                    .workflowId();
        }
    }

    /** Where the workflows are stored: the same place all through a test. */
    String url() {
        return "memory:" + UUID.randomUUID();
    }

    private DBOSConfig config() {
        return DBOSConfig.named("admission").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100));
    }

    private DBOSRuntime launch(DBOSConfig config) {
        var runtime = DBOS.launch(config, jobs);
        launched.add(runtime);
        return runtime;
    }

    @BeforeEach
    void launch() {
        dbos = launch(config());
        dbos.registerQueue(WorkflowQueue.named("queue"));
    }

    @AfterEach
    void close() throws Exception {
        jobs.gate.release(1_000);
        for (var one : launched.reversed()) one.close();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it happens in time").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private QueueStats stats(String queue) {
        return dbos.queueStats().stream().filter(stats -> stats.name().equals(queue)).findFirst().orElseThrow();
    }

    /** A queue that gives nothing. */
    private void registerPaused(WorkflowQueue queue) {
        dbos.registerQueue(queue);
        dbos.pauseQueue(queue.name());
    }

    /**
     * A process starts a workflow and dies while its step waits; then something happens, and somebody else goes on.
     *
     * @return the workflow's id
     */
    private String dieInTheStep(Function<DBOSRuntime, WorkflowHandle<?>> start, Runnable meanwhile) throws Exception {
        launch(config().lease(Duration.ofSeconds(1))); // finds out soon
        try (var victim = MortalRuntime.launch(config().lease(Duration.ofSeconds(1)), jobs)) {
            var id = start.apply(victim.dbos()).workflowId();
            jobs.reached.await();
            victim.kill();
            meanwhile.run();
            await(() -> dbos.getWorkflow(id).epoch() > 1);
            jobs.gate.release(1_000);
            await(() -> dbos.getWorkflow(id).status().isTerminal());
            return id;
        }
    }

    // ---- bounds ----------------------------------------------------------------------------------------------------

    @Test
    void aFullQueueRefusesAndSaysWhenToTryAgain() {
        registerPaused(WorkflowQueue.named("bounded").maxDepth(2));
        dbos.enqueueWorkflow("bounded", jobs::note, "a");
        dbos.with(WorkflowOptions.defaults().delay(Duration.ofHours(1))).enqueueWorkflow("bounded", jobs::note, "b");

        assertThatThrownBy(() -> dbos.enqueueWorkflow("bounded", jobs::note, "c"))
                .isInstanceOfSatisfying(QueueFullException.class, full -> {
                    assertThat(full.depth()).isEqualTo(2);
                    assertThat(full.suggestedWait()).isPositive();
                    assertThat(full).hasMessageContaining("'bounded' is full");
                });
        assertThatThrownBy(() -> dbos.enqueue("bounded", "note", "c")).isInstanceOf(QueueFullException.class);
        dbos.resumeQueue("bounded");
        assertThat(dbos.listWorkflows(WorkflowFilter.all())).hasSize(2);
    }

    @Test
    void whoBlocksIsTakenWhenThereIsRoom() throws Exception {
        registerPaused(WorkflowQueue.named("bounded").maxDepth(1, LONG));
        dbos.enqueueWorkflow("bounded", jobs::note, "a");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var late = threads.submit(() -> dbos.enqueueWorkflow("bounded", jobs::note, "b").getResult(LONG));
            Thread.sleep(100);
            assertThat(late).isNotDone();
            assertThat(stats("bounded").enqueued()).isEqualTo(1);
            dbos.resumeQueue("bounded");
            assertThat(late.get()).isEqualTo("b");
        }
    }

    @Test
    void whoBlocksIsRefusedInTheEnd() {
        registerPaused(WorkflowQueue.named("bounded").maxDepth(1, Duration.ofMillis(300)));
        dbos.enqueueWorkflow("bounded", jobs::note, "a");
        long begin = System.nanoTime();

        assertThatThrownBy(() -> dbos.enqueueWorkflow("bounded", jobs::note, "b")).isInstanceOf(QueueFullException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void manyAreTakenTogetherOrOneAfterTheOther() {
        registerPaused(WorkflowQueue.named("bounded").maxDepth(3));
        var five = List.of("1", "2", "3", "4", "5");
        assertThatThrownBy(() -> dbos.enqueueAll("bounded", jobs::note, five))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("which takes 3");
        assertThat(stats("bounded").enqueued()).isZero();
        dbos.enqueueAll("bounded", jobs::note, five.subList(0, 3));

        dbos.resumeQueue("bounded");
        dbos.registerQueue(WorkflowQueue.named("bounded").maxDepth(3, LONG));
        assertThat(dbos.enqueueAll("bounded", jobs::note, five).stream().map(handle -> handle.getResult(LONG)))
                .containsExactlyElementsOf(five);
    }

    @Test
    void neverMoreAreAcceptedThanTheBoundSays() throws Exception {
        registerPaused(WorkflowQueue.named("bounded").maxDepth(100));
        var other = launch(config());
        var accepted = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var producers = IntStream.range(0, 64)
                    .<Future<?>>mapToObj(producer -> threads.submit(() -> {
                        var runtime = producer % 2 == 0 ? dbos : other;
                        for (int n = 0; n < 4; n++) if (accepts(runtime)) accepted.incrementAndGet();
                    }))
                    .toList();
            for (var producer : producers) producer.get();
        }

        assertThat(accepted).hasValue(100);
        assertThat(stats("bounded").enqueued()).isEqualTo(100);
    }

    private boolean accepts(DBOSRuntime runtime) {
        try {
            runtime.enqueueWorkflow("bounded", jobs::note, "one of many");
            return true;
        } catch (QueueFullException full) {
            assertThat(full.depth()).isEqualTo(100);
            return false;
        }
    }

    @Test
    void aChildThatWasRefusedIsRefusedInTheReplayToo() throws Exception {
        registerPaused(WorkflowQueue.named("bounded").maxDepth(1));
        dbos.enqueueWorkflow("bounded", jobs::note, "a");
        var parent = dieInTheStep(
                victim -> victim.startWorkflow(jobs::parent, "bounded"), () -> dbos.resumeQueue("bounded"));

        assertThat(dbos.retrieveWorkflow(parent, String.class).getResult(LONG)).isEqualTo("full 1 true");
        assertThat(dbos.listWorkflows(WorkflowFilter.all().parentId(parent))).isEmpty();
    }

    @Test
    void aChildThatWaitsForRoomIsStartedOnceAlsoAfterACrash() throws Exception {
        registerPaused(WorkflowQueue.named("bounded").maxDepth(1, Duration.ofMinutes(5)));
        dbos.enqueueWorkflow("bounded", jobs::note, "a");
        launch(config().lease(Duration.ofSeconds(1))); // finds out soon
        try (var victim = MortalRuntime.launch(config().lease(Duration.ofSeconds(1)), jobs)) {
            victim.dbos().with(WorkflowOptions.id("parent")).startWorkflow(jobs::parent, "bounded");
            Thread.sleep(200); // it asks again and again
            victim.kill();
            await(() -> dbos.getWorkflow("parent").epoch() > 1);
            jobs.gate.release(1_000);
            dbos.resumeQueue("bounded");

            var child = dbos.retrieveWorkflow("parent", String.class).getResult(LONG);
            assertThat(dbos.retrieveWorkflow(child, String.class).getResult(LONG)).isEqualTo("child");
            assertThat(dbos.listWorkflows(WorkflowFilter.all().parentId("parent"))).hasSize(1);
        }
    }

    // ---- deduplication ---------------------------------------------------------------------------------------------

    private WorkflowOptions unique(String key) {
        return WorkflowOptions.defaults().deduplicationId(key);
    }

    @Test
    void underOneKeyOneIsActive() throws Exception {
        var first = dbos.with(unique("key")).enqueueWorkflow("queue", jobs::held, "a");
        assertThatThrownBy(() -> dbos.with(unique("key")).enqueueWorkflow("queue", jobs::note, "b"))
                .isInstanceOfSatisfying(DuplicateWorkflowException.class,
                        duplicate -> assertThat(duplicate.workflowId()).isEqualTo(first.workflowId()));
        var same = dbos.with(WorkflowOptions.defaults().deduplicationId("key", Deduplication.Policy.RETURN_EXISTING))
                .enqueueWorkflow("queue", jobs::held, "c");
        assertThat(same.workflowId()).isEqualTo(first.workflowId());
        dbos.with(unique("other key")).enqueueWorkflow("queue", jobs::note, "d").getResult(LONG);
        jobs.gate.release();

        assertThat(same.getResult(LONG)).isEqualTo("a");
        var next = dbos.with(unique("key")).enqueueWorkflow("queue", jobs::note, "e");
        assertThat(next.getResult(LONG)).isEqualTo("e");
        assertThat(jobs.begun).containsExactlyInAnyOrder("a", "d", "e");
    }

    @Test
    void aKeyNeedsAQueueAndIsForOne() {
        assertThatThrownBy(() -> dbos.with(unique("key")).startWorkflow(jobs::note, "a"))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("needs a queue");
        assertThatThrownBy(() -> dbos.with(unique("key")).enqueueAll("queue", jobs::note, List.of("a", "b")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("for one workflow");
    }

    @Test
    void aWorkflowSeesTheSameDuplicateInItsReplay() throws Exception {
        registerHolder();
        var id = dieInTheStep(
                victim -> victim.startWorkflow(jobs::unique, "key", Deduplication.Policy.REJECT),
                () -> dbos.cancelWorkflow("holder"));

        assertThat(dbos.retrieveWorkflow(id, String.class).getResult(LONG)).isEqualTo("duplicate of holder");
    }

    @Test
    void aWorkflowGetsTheSameExistingOneInItsReplay() throws Exception {
        registerHolder();
        var id = dieInTheStep(
                victim -> victim.startWorkflow(jobs::unique, "key", Deduplication.Policy.RETURN_EXISTING),
                () -> dbos.cancelWorkflow("holder"));

        assertThat(dbos.retrieveWorkflow(id, String.class).getResult(LONG)).isEqualTo("holder");
        assertThat(jobs.begun).doesNotContain("child");
    }

    private void registerHolder() {
        dbos.with(WorkflowOptions.id("holder").deduplicationId("key").delay(Duration.ofHours(1)))
                .enqueueWorkflow("queue", jobs::note, "holder");
    }

    // ---- times of start --------------------------------------------------------------------------------------------

    @Test
    void aWorkflowStartsAtItsTime() {
        var time = Instant.now().plusMillis(500);
        var later = dbos.with(WorkflowOptions.defaults().startAt(time));
        var enqueued = later.enqueueWorkflow("queue", jobs::note, "on a queue");
        var started = later.startWorkflow(jobs::note, "directly");
        var past = dbos.with(WorkflowOptions.defaults().startAt(time.minusSeconds(60))).startWorkflow(jobs::note, "past");

        for (var handle : List.of(enqueued, started)) {
            handle.getResult(LONG);
            assertThat(handle.getStatus().startedAt()).isAfterOrEqualTo(time.minusMillis(1));
        }
        assertThat(past.getResult(LONG)).isEqualTo("past");
    }

    // ---- debounce --------------------------------------------------------------------------------------------------

    private WorkflowHandle<String> call(String argument, Duration period, Duration atMost) {
        return dbos.with(WorkflowOptions.defaults().debounce("key", period, atMost))
                .enqueueWorkflow("queue", jobs::note, argument);
    }

    @Test
    void manyCallsAreOneWorkflowWithTheLastArguments() {
        var ids = new ArrayList<String>();
        for (var argument : List.of("a", "b", "c"))
            ids.add(call(argument, Duration.ofMillis(700), Duration.ofMinutes(1)).workflowId());

        assertThat(ids.stream().distinct()).hasSize(1);
        assertThat(dbos.retrieveWorkflow(ids.getFirst(), String.class).getResult(LONG)).isEqualTo("c");
        var next = call("d", Duration.ZERO, Duration.ofMinutes(1));
        assertThat(next.workflowId()).isNotEqualTo(ids.getFirst());
        assertThat(next.getResult(LONG)).isEqualTo("d");
        assertThat(jobs.begun).containsExactly("c", "d");
    }

    @Test
    void itStartsAtTheDeadlineHoweverManyCallsThereAre() throws Exception {
        var first = call("call 0", Duration.ofMillis(800), Duration.ofSeconds(1));
        int calls = 1;
        while (jobs.begun.isEmpty()) {
            call("call " + calls++, Duration.ofMillis(800), Duration.ofSeconds(1));
            Thread.sleep(50);
        }

        var status = first.getStatus();
        assertThat(Duration.between(status.createdAt(), status.startedAt())).isBetween(Duration.ofSeconds(1), LONG);
        assertThat(first.getResult(LONG)).isNotEqualTo("call 0");
    }

    @Test
    void whatWasPutOffStartsOnceAlsoAfterACrash() throws Exception {
        dbos.close();
        try (var victim = MortalRuntime.launch(config().lease(Duration.ofSeconds(1)), jobs)) {
            var debounced = victim.dbos().with(
                    WorkflowOptions.defaults().debounce("key", Duration.ofMillis(1_500), Duration.ofMinutes(1)));
            debounced.enqueueWorkflow("queue", jobs::note, "a");
            var id = debounced.enqueueWorkflow("queue", jobs::note, "b").workflowId();
            victim.kill();
            dbos = launch(config());

            assertThat(dbos.retrieveWorkflow(id, String.class).getResult(LONG)).isEqualTo("b");
            assertThat(jobs.begun).containsExactly("b");
        }
    }

    @Test
    void aWorkflowsCallsAreNotMadeAgainInItsReplay() throws Exception {
        var id = dieInTheStep(victim -> victim.startWorkflow(jobs::debouncer, 3), () -> {});

        var ids = dbos.retrieveWorkflow(id, new TypeRef<List<String>>() {}).getResult(LONG);
        assertThat(ids).hasSize(3);
        assertThat(ids.stream().distinct()).hasSize(1);
        assertThat(dbos.retrieveWorkflow(ids.getFirst(), String.class).getResult(LONG)).isEqualTo("call 2");
        assertThat(jobs.begun).containsExactly("call 2");
    }

    // ---- who works on what, and how fast ---------------------------------------------------------------------------

    @Test
    void aProcessWorksOnlyOnTheQueuesThatItListensTo() throws Exception {
        dbos.close();
        dbos = launch(config().listenQueues("mine"));
        dbos.registerQueue(WorkflowQueue.named("mine"));
        dbos.registerQueue(WorkflowQueue.named("theirs"));
        var theirs = dbos.enqueueWorkflow("theirs", jobs::note, "theirs");
        var mine = dbos.enqueueWorkflow("mine", jobs::note, "mine");
        assertThat(mine.getResult(LONG)).isEqualTo("mine");
        assertThat(dbos.startWorkflow(jobs::note, "direct").getResult(LONG)).isEqualTo("direct");
        assertThat(theirs.getStatus().status()).isEqualTo(WorkflowState.ENQUEUED);

        launch(config().listenQueues("theirs"));
        assertThat(theirs.getResult(LONG)).isEqualTo("theirs");
    }

    @Test
    void everybodySeesHowFastAQueueGoes() throws Exception {
        dbos.enqueueAll("queue", jobs::note, IntStream.range(0, 50).mapToObj(Integer::toString).toList());

        await(() -> stats("queue").rates().finishesPerSecond() >= 5);
        assertThat(stats("queue").rates().startsPerSecond()).isBetween(5.0, 6.0);
    }
}
