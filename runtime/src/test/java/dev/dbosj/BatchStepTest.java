package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.exceptions.StepTimeoutException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.BatchOptions;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Steps that several workflows take together: who comes into which batch, and what each of them gets out of it. */
@Timeout(60)
class BatchStepTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final BatchOptions FIVE = BatchOptions.upTo(5).within(Duration.ofMinutes(1));
    private static final BatchOptions SOON = BatchOptions.upTo(100).within(Duration.ofMillis(150));

    private final String url = url();
    private final Press press = new Press();
    private DBOSRuntime dbos;

    /** Where the workflows are stored: the same place all through a test. */
    String url() {
        return "memory:" + UUID.randomUUID();
    }

    static class Press {
        final List<List<String>> calls = Collections.synchronizedList(new ArrayList<>());
        final List<String> keys = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final Semaphore go = new Semaphore(0);

        private static List<String> values(List<BatchItem<String, String>> items) {
            return items.stream().map(BatchItem::value).sorted().toList();
        }

        @Workflow
        String prints(String text) throws IOException {
            return DBOS.runStep(FIVE, this::printAll, text);
        }

        @Workflow
        String printsSoon(String text) throws IOException {
            return DBOS.runStep(SOON, this::printAll, text);
        }

        void printAll(List<BatchItem<String, String>> items) throws IOException {
            calls.add(values(items));
            for (var item : items) {
                keys.add(item.stepKey() + " " + item.workflowId() + " " + item.attempt());
                if (item.value().startsWith("bad")) item.fail(new IOException("no ink for " + item.value()));
                else item.complete(item.value() + " printed");
            }
        }

        @Workflow
        String spoils(String text) throws IOException {
            return DBOS.runStep(FIVE, this::spoilAll, text);
        }

        @Step(maxAttempts = 3, intervalSeconds = 0.01)
        void spoilAll(List<BatchItem<String, String>> items) throws IOException {
            calls.add(values(items));
            if (items.stream().anyMatch(item -> item.value().startsWith("bad"))) throw new IOException("torn");
            items.forEach(item -> item.complete(item.value() + " printed"));
        }

        @Workflow
        String waits(String text) throws InterruptedException {
            return DBOS.runStep(FIVE, this::reportThenWait, text);
        }

        /** Reports the first of them at once, and the others when the test lets it. */
        void reportThenWait(List<BatchItem<String, String>> items) throws InterruptedException {
            calls.add(values(items));
            items.getFirst().complete(items.getFirst().value() + " printed");
            begun.countDown();
            try {
                go.acquire();
            } catch (InterruptedException interrupt) {
                interrupted.countDown();
                throw interrupt;
            }
            for (var item : items.subList(1, items.size())) item.complete(item.value() + " printed late");
        }

        @Workflow
        String waitsBriefly(String text) throws InterruptedException {
            return DBOS.runStep(FIVE, this::wait, text);
        }

        @Step(timeoutSeconds = 0.3)
        void wait(List<BatchItem<String, String>> items) throws InterruptedException {
            reportThenWait(items);
        }

        @Workflow
        String waitsInVain(String text) throws InterruptedException {
            return DBOS.runStep(FIVE, this::reportAllThenWait, text);
        }

        void reportAllThenWait(List<BatchItem<String, String>> items) throws InterruptedException {
            items.forEach(item -> item.complete(item.value() + " printed"));
            begun.countDown();
            try {
                go.acquire();
            } catch (InterruptedException interrupt) {
                interrupted.countDown();
                throw interrupt;
            }
        }

        @Workflow
        String isForgotten(String text) {
            return DBOS.runStep(SOON, this::forget, text);
        }

        void forget(List<BatchItem<String, String>> items) {}

        @Workflow
        String isReportedTwice(String text) {
            return DBOS.runStep(SOON, this::reportTwice, text);
        }

        void reportTwice(List<BatchItem<String, String>> items) {
            items.getFirst().complete("once");
            assertThatThrownBy(() -> items.getFirst().complete("twice"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("reported before");
        }

        @Workflow
        void isStored(String text) {
            DBOS.runStep(SOON, this::store, text);
        }

        void store(List<BatchItem<String, Void>> items) {
            items.forEach(item -> item.complete(null));
        }

        @Workflow
        int countsInAStep(String text) {
            return DBOS.runStep("count", () -> DBOS.runStep(FIVE, this::count, text));
        }

        void count(List<BatchItem<String, Integer>> items) {
            items.forEach(item -> item.complete(item.value().length()));
        }

        @Workflow
        String takesALambda(String text) {
            return DBOS.<String, String, RuntimeException>runStep(SOON, items -> {}, text);
        }
    }

    private DBOSConfig config() {
        return DBOSConfig.named("batches").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ZERO)
                .lease(Duration.ofSeconds(1)).pollInterval(Duration.ofMillis(100));
    }

    @BeforeEach
    void launch() {
        dbos = DBOS.launch(config(), press);
        dbos.registerQueue(WorkflowQueue.named("press"));
    }

    @AfterEach
    void close() {
        press.go.release(100);
        dbos.close();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it happens in time").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private static List<String> results(List<WorkflowHandle<String>> handles) {
        return handles.stream().map(handle -> handle.getResult(LONG)).toList();
    }

    // ---- who comes together --------------------------------------------------------------------------------------

    @Test
    void queuedWorkflowsComeTogetherUntilABatchIsFull() {
        var texts = IntStream.range(0, 10).mapToObj(n -> "text " + n).toList();

        var handles = dbos.enqueueAll("press", press::prints, texts);

        assertThat(results(handles)).isEqualTo(texts.stream().map(text -> text + " printed").toList());
        assertThat(press.calls).hasSize(2).allMatch(call -> call.size() == 5);
        assertThat(press.calls.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(texts);
    }

    @Test
    void noBatchIsLargerThanItMayBe() {
        var handles = dbos.enqueueAll("press", press::prints, IntStream.range(0, 500).mapToObj(n -> "text " + n).toList());

        assertThat(results(handles)).hasSize(500);
        assertThat(press.calls).hasSize(100).allMatch(call -> call.size() == 5);
    }

    @Test
    void whatIsNotFullIsCalledWhenTheFirstHasWaitedItsTime() {
        var handles = dbos.enqueueAll("press", press::printsSoon, List.of("a", "b", "c"));

        assertThat(results(handles)).containsExactly("a printed", "b printed", "c printed");
        assertThat(press.calls.stream().flatMap(List::stream)).containsExactlyInAnyOrder("a", "b", "c");
    }

    @Test
    void eachItemKnowsItsWorkflowItsKeyAndItsAttempt() {
        dbos.with(WorkflowOptions.id("w")).startWorkflow(press::printsSoon, "a").getResult(LONG);

        assertThat(press.keys).containsExactly("w:0 w 1");
    }

    @Test
    void theStepIsRecordedUnderTheNameOfTheMethod() {
        var id = dbos.startWorkflow(press::printsSoon, "a");
        id.getResult(LONG);

        assertThat(dbos.listWorkflowSteps(id.workflowId())).singleElement().satisfies(step -> {
            assertThat(step.name()).isEqualTo("printAll");
            assertThat(step.output()).isEqualTo("\"a printed\"");
        });
    }

    @Test
    void aStepWithoutResultIsAStep() {
        dbos.startWorkflow(press::isStored, "a").getResult(LONG);

        assertThat(press.calls).isEmpty();
    }

    @Test
    void insideOfAnotherStepAndInAUnitTestItIsAPlainCallWithOneItem() throws IOException {
        assertThat(dbos.startWorkflow(press::countsInAStep, "four").getResult(LONG)).isEqualTo(4);
        dbos.close();

        assertThat(press.prints("a")).isEqualTo("a printed");
        assertThat(press.keys).containsExactly("null null 1");
    }

    // ---- what each of them gets -----------------------------------------------------------------------------------

    @Test
    void oneBadItemFailsAlone() {
        var handles = dbos.enqueueAll("press", press::prints, List.of("a", "b", "bad", "c", "d"));

        assertThatThrownBy(() -> handles.get(2).getResult(LONG))
                .isInstanceOf(WorkflowFailedException.class)
                .hasCauseInstanceOf(IOException.class)
                .hasRootCauseMessage("no ink for bad");
        for (int good : List.of(0, 1, 3, 4)) assertThat(handles.get(good).getResult(LONG)).endsWith(" printed");
        assertThat(press.calls).containsExactly(List.of("a", "b", "bad", "c", "d"), List.of("bad"));
    }

    @Test
    void nobodyFailsForTheSakeOfAnItemThatMakesTheBodyThrow() {
        var handles = dbos.enqueueAll("press", press::spoils, List.of("a", "b", "bad", "c", "d"));

        assertThatThrownBy(() -> handles.get(2).getResult(LONG)).hasCauseInstanceOf(IOException.class).hasRootCauseMessage("torn");
        for (int good : List.of(0, 1, 3, 4)) assertThat(handles.get(good).getResult(LONG)).endsWith(" printed");
        assertThat(press.calls).contains(List.of("bad")).filteredOn(call -> call.size() == 5).hasSize(2);
        assertThat(press.calls).hasSize(7);
    }

    @Test
    void whatIsReportedGoesOnWhileTheBodyRuns() throws InterruptedException {
        var handles = dbos.enqueueAll("press", press::waits, List.of("a", "b", "c", "d", "e"));
        press.begun.await();

        await(() -> handles.stream().anyMatch(handle -> handle.getStatus().status().isTerminal()));
        assertThat(handles).filteredOn(handle -> handle.getStatus().status().isTerminal()).hasSize(1);
        press.go.release();
        assertThat(results(handles)).filteredOn(result -> result.endsWith("printed")).hasSize(1);
        assertThat(results(handles)).filteredOn(result -> result.endsWith("printed late")).hasSize(4);
    }

    @Test
    void aBodyThatForgetsAnItemIsToldSo() {
        var handle = dbos.startWorkflow(press::isForgotten, "a");

        assertThatThrownBy(() -> handle.getResult(LONG))
                .hasCauseInstanceOf(MisuseException.class)
                .hasMessageContaining("complete(…) or fail(…)");
    }

    @Test
    void anItemIsReportedOnce() {
        assertThat(dbos.startWorkflow(press::isReportedTwice, "a").getResult(LONG)).isEqualTo("once");
    }

    @Test
    void aLambdaIsRefused() {
        var handle = dbos.startWorkflow(press::takesALambda, "a");

        assertThatThrownBy(() -> handle.getResult(LONG))
                .hasCauseInstanceOf(MisuseException.class)
                .hasMessageContaining("make it a method");
    }

    // ---- who leaves -------------------------------------------------------------------------------------------------

    @Test
    void whoIsCancelledLeavesABatchThatHasNotBegun() throws InterruptedException {
        var leaver = dbos.enqueueWorkflow("press", press::prints, "leaver");
        await(() -> !dbos.listWorkflowSteps(leaver.workflowId()).isEmpty()
                || leaver.getStatus().startedAt() != null);
        leaver.cancel();
        assertThatThrownBy(() -> leaver.getResult(LONG)).isInstanceOf(WorkflowCancelledException.class);

        var handles = dbos.enqueueAll("press", press::prints, List.of("a", "b", "c", "d", "e"));

        assertThat(results(handles)).hasSize(5);
        assertThat(press.calls).containsExactly(List.of("a", "b", "c", "d", "e"));
    }

    @Test
    void whenNobodyIsLeftTheBodyIsInterrupted() throws InterruptedException {
        var handles = dbos.enqueueAll("press", press::waits, List.of("a", "b", "c", "d", "e"));
        press.begun.await();
        await(() -> handles.stream().anyMatch(handle -> handle.getStatus().status().isTerminal()));

        for (var handle : handles) if (!handle.getStatus().status().isTerminal()) handle.cancel();

        press.interrupted.await();
        assertThat(handles).filteredOn(handle -> {
            try {
                handle.getResult(LONG);
                return true;
            } catch (WorkflowCancelledException cancelled) {
                return false;
            }
        }).hasSize(1);
    }

    @Test
    void aBodyThatGoesOnWhenAllIsReportedIsInterruptedWithTheLastOne() throws InterruptedException {
        var handles = dbos.enqueueAll("press", press::waitsInVain, List.of("a", "b", "c", "d", "e"));
        press.begun.await();
        await(() -> handles.stream().filter(handle -> handle.getStatus().status().isTerminal()).count() == 4);

        for (var handle : handles) if (!handle.getStatus().status().isTerminal()) handle.cancel();

        assertThat(press.interrupted.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aTimeoutEndsTheBodyWhenItIsThatOfAll() {
        var handles = dbos.enqueueAll("press", press::waitsBriefly, List.of("a", "b", "c", "d", "e"));

        assertThat(handles).filteredOn(handle -> {
            try {
                return handle.getResult(LONG) != null;
            } catch (WorkflowFailedException late) {
                assertThat(late).hasCauseInstanceOf(StepTimeoutException.class);
                return false;
            }
        }).hasSize(1);
        assertThat(press.interrupted.getCount()).isZero();
    }

    // ---- when the process dies ----------------------------------------------------------------------------------------

    @Test
    void whatWasReportedBeforeACrashIsNotDoneAgainAndTheRestIs() throws InterruptedException {
        dbos.close();
        var lost = new Press();
        try (var victim = MortalRuntime.launch(config(), lost)) {
            var handles = victim.dbos().enqueueAll("press", lost::waits, List.of("a", "b", "c", "d", "e"));
            lost.begun.await();
            await(() -> handles.stream().anyMatch(handle -> handle.getStatus().status().isTerminal()));
            victim.kill();
            press.go.release(100);
            dbos = DBOS.launch(config(), press);
            dbos.enqueueWorkflow("press", press::waits, "f");

            var results = handles.stream()
                    .map(handle -> dbos.retrieveWorkflow(handle.workflowId(), String.class).getResult(LONG))
                    .toList();

            assertThat(results).hasSize(5);
            assertThat(lost.calls).containsExactly(List.of("a", "b", "c", "d", "e"));
            assertThat(press.calls).singleElement().satisfies(again -> {
                assertThat(again).hasSize(5).contains("f");
                assertThat(List.of("a", "b", "c", "d", "e")).filteredOn(text -> !again.contains(text)).hasSize(1);
            });
            lost.go.release();
        }
    }
}
