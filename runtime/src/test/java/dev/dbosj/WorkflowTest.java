package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.QueueNotRegisteredException;
import dev.dbosj.exceptions.ResultTimeoutException;
import dev.dbosj.exceptions.WorkflowConflictException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a user sees of workflows, steps, children and queues while nothing goes wrong around them. */
@Timeout(10)
class WorkflowTest {
    private final Shop shop = new Shop();
    private DBOSRuntime dbos;

    static class Shop {
        final AtomicInteger bodies = new AtomicInteger();
        final AtomicInteger atOnce = new AtomicInteger();
        final AtomicInteger mostAtOnce = new AtomicInteger();
        final CountDownLatch gate = new CountDownLatch(1);
        final ConcurrentHashMap<String, String> keys = new ConcurrentHashMap<>();

        @Workflow
        int total(List<Integer> prices) {
            int sum = 0;
            for (int price : prices) sum += DBOS.runStep("tax " + price, () -> withTax(price));
            return sum;
        }

        int withTax(int price) {
            bodies.incrementAndGet();
            return price + 1;
        }

        @Workflow
        String greet(String name) {
            return DBOS.runStep(this::hello, name);
        }

        String hello(String name) {
            keys.put(name, DBOS.stepKey() + " attempt " + DBOS.attempt() + " of " + DBOS.workflowId());
            return "hello " + name;
        }

        @Workflow
        int family(int children) {
            var handles = DBOS.enqueueAll("work", this::child, IntStream.range(0, children).boxed().toList());
            return handles.stream().mapToInt(WorkflowHandle::getResult).sum();
        }

        @Workflow
        int child(int n) {
            int now = atOnce.incrementAndGet();
            mostAtOnce.accumulateAndGet(now, Math::max);
            try {
                return DBOS.runStep("double", () -> 2 * n);
            } finally {
                atOnce.decrementAndGet();
            }
        }

        @Workflow
        String fail(String how) throws IOException {
            throw new IOException("no " + how);
        }

        @Workflow
        String waits() throws InterruptedException {
            DBOS.runStep("gate", () -> gate.await());
            return "through";
        }

        @Workflow
        String catches() {
            try {
                return DBOS.startWorkflow(this::fail, "luck").getResult();
            } catch (WorkflowFailedException failure) {
                return failure.getCause().getClass().getSimpleName() + ": " + failure.getCause().getMessage();
            }
        }

        @Workflow
        String impatient() {
            var handle = DBOS.with(WorkflowOptions.id(DBOS.workflowId() + "/gate")).startWorkflow(this::waits);
            try {
                return handle.getResult(Duration.ofMillis(20));
            } catch (ResultTimeoutException timeout) {
                return "timed out";
            }
        }

        @Workflow
        void nothing() {}
    }

    /** Where the workflows are stored. */
    String url() {
        return "memory:";
    }

    @BeforeEach
    void launch() {
        dbos = DBOS.launch(DBOSConfig.named("shop").databaseUrl(url()).shutdownHook(false), shop);
        dbos.registerQueue(WorkflowQueue.named("work").workerConcurrency(10));
    }

    @AfterEach
    void close() {
        shop.gate.countDown();
        dbos.close();
    }

    @Test
    void aWorkflowRunsItsStepsAndReturnsTheirResult() {
        var handle = dbos.startWorkflow(shop::total, List.of(1, 2, 3));

        assertThat(handle.getResult()).isEqualTo(9);
        assertThat(handle.getStatus().status()).isEqualTo(WorkflowState.SUCCESS);
        assertThat(handle.getStatus().output()).isEqualTo("9");
        assertThat(handle.getStatus().input()).isEqualTo("{\"positionalArgs\":[[1,2,3]]}");
        assertThat(dbos.listWorkflowSteps(handle.workflowId())).extracting(StepInfo::step, StepInfo::name, StepInfo::output)
                .containsExactly(
                        tuple(0, "tax 1", "2"),
                        tuple(1, "tax 2", "3"),
                        tuple(2, "tax 3", "4"));
    }

    @Test
    void aStepKnowsItsKeyItsAttemptAndItsWorkflow() {
        dbos.with(WorkflowOptions.id("g-1")).startWorkflow(shop::greet, "Ada").getResult();

        assertThat(shop.keys).containsEntry("Ada", "g-1:0 attempt 1 of g-1");
    }

    @Test
    void startingAnIdAgainJoinsTheRunThatExists() {
        var first = dbos.with(WorkflowOptions.id("same")).startWorkflow(shop::total, List.of(1));
        var second = dbos.with(WorkflowOptions.id("same")).startWorkflow(shop::total, List.of(5));

        assertThat(second.getResult()).isEqualTo(first.getResult()).isEqualTo(2);
        assertThat(shop.bodies).hasValue(1);
    }

    @Test
    void anIdThatBelongsToAnotherNameIsRefused() {
        dbos.with(WorkflowOptions.id("taken")).startWorkflow(shop::total, List.of(1));

        assertThatThrownBy(() -> dbos.with(WorkflowOptions.id("taken")).startWorkflow(shop::greet, "x"))
                .isInstanceOf(WorkflowConflictException.class)
                .hasMessageContaining("taken").hasMessageContaining("total");
    }

    @Test
    void aParentAddsUpItsChildrenAndTheQueueKeepsItsLimit() {
        assertThat(dbos.startWorkflow(shop::family, 300).getResult()).isEqualTo(IntStream.range(0, 300).map(n -> 2 * n).sum());

        assertThat(shop.mostAtOnce.get()).isBetween(1, 10);
    }

    @Test
    void allQueuesTogetherRunAtMostWhatTheExecutorMay() {
        var other = new Shop();
        var config = DBOSConfig.named("small").databaseUrl("memory:").shutdownHook(false).maxRuns(2).pollInterval(Duration.ofMinutes(1));
        try (var small = DBOS.launch(config, other)) {
            var handles = new ArrayList<WorkflowHandle<Integer>>();
            for (var queue : List.of("one", "two", "three")) small.registerQueue(WorkflowQueue.named(queue));
            for (int i = 0; i < 30; i++) handles.add(small.enqueueWorkflow(List.of("one", "two", "three").get(i % 3), other::child, i));

            assertThat(handles.stream().mapToInt(WorkflowHandle::getResult).sum()).isEqualTo(30 * 29);
            assertThat(other.mostAtOnce.get()).isBetween(1, 2);
        }
    }

    @Test
    void childrenAreNamedAfterTheirParentAndStepNumber() {
        dbos.with(WorkflowOptions.id("p")).startWorkflow(shop::family, 3).getResult();

        var children = dbos.listWorkflows(WorkflowFilter.all().parentId("p").newestFirst(false));
        assertThat(children).extracting(WorkflowStatus::workflowId).containsExactly("p-0", "p-1", "p-2");
        assertThat(dbos.listWorkflowSteps("p")).extracting(StepInfo::name)
                .containsExactly("child", "child", "child", "DBOS.getResult", "DBOS.getResult", "DBOS.getResult");
    }

    @Test
    void aFailureKeepsItsTypeAndMessage() {
        var handle = dbos.startWorkflow(shop::fail, "luck");

        assertThatThrownBy(handle::getResult)
                .isInstanceOf(WorkflowFailedException.class)
                .hasRootCauseExactlyInstanceOf(IOException.class)
                .hasRootCauseMessage("no luck");
        assertThat(handle.getStatus().status()).isEqualTo(WorkflowState.ERROR);
    }

    @Test
    void aParentCanCatchTheFailureOfItsChild() {
        assertThat(dbos.startWorkflow(shop::catches).getResult()).isEqualTo("IOException: no luck");
    }

    @Test
    void aTimeoutInsideAWorkflowIsRecorded() {
        var handle = dbos.startWorkflow(shop::impatient);

        assertThat(handle.getResult()).isEqualTo("timed out");
        assertThat(dbos.listWorkflowSteps(handle.workflowId()).get(1).error()).contains("ResultTimeoutException");
    }

    @Test
    void waitingFromOutsideCanTimeOut() {
        var handle = dbos.startWorkflow(shop::waits);

        assertThatThrownBy(() -> handle.getResult(Duration.ofMillis(10))).isInstanceOf(ResultTimeoutException.class);
        shop.gate.countDown();
        assertThat(handle.getResult()).isEqualTo("through");
    }

    @Test
    void aWorkflowWithoutResultEndsWithNull() {
        assertThat(dbos.startWorkflow(shop::nothing).getResult()).isNull();
    }

    @Test
    void bulkEnqueueFromOutsideStartsOneWorkflowPerArgument() {
        var handles = dbos.enqueueAll("work", shop::child, IntStream.range(0, 2500).boxed().toList());

        assertThat(handles.stream().mapToInt(WorkflowHandle::getResult).sum()).isEqualTo(2500 * 2499);
    }

    @Test
    void bulkEnqueueUnderAnIdIsIdempotent() {
        dbos.with(WorkflowOptions.id("bulk")).enqueueAll("work", shop::child, List.of(1, 2));
        var again = dbos.with(WorkflowOptions.id("bulk")).enqueueAll("work", shop::child, List.of(1, 2));

        assertThat(again).extracting(WorkflowHandle::getResult).containsExactly(2, 4);
        assertThat(dbos.listWorkflows(WorkflowFilter.all())).extracting(WorkflowStatus::workflowId).containsExactlyInAnyOrder("bulk-0", "bulk-1");
    }

    @Test
    void anUnknownQueueIsRefusedAtTheDoor() {
        assertThatThrownBy(() -> dbos.enqueueWorkflow("wrok", shop::child, 1))
                .isInstanceOf(QueueNotRegisteredException.class)
                .hasMessageContaining("wrok").hasMessageContaining("[work]");
    }

    @Test
    void idsThatCannotBeStoredAreRefusedAtTheDoor() {
        assertThatThrownBy(() -> WorkflowOptions.id(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> WorkflowOptions.id(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WorkflowOptions.id("x".repeat(256))).hasMessageContaining("256 characters, 255 are allowed");
        assertThatThrownBy(() -> WorkflowOptions.id("a\0b")).hasMessageContaining("NUL");
    }

    @Test
    void aPayloadOverTheLimitIsRefusedAtTheDoor() {
        assertThatThrownBy(() -> dbos.startWorkflow(shop::greet, "x".repeat(17 << 20)))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("16777216");
    }

    @Test
    void aHandleToAWorkflowThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> dbos.retrieveWorkflow("nobody", String.class)).isInstanceOf(NoSuchWorkflowException.class);
        assertThatThrownBy(() -> dbos.cancelWorkflow("nobody")).isInstanceOf(NoSuchWorkflowException.class);
    }

    @Test
    void aWorkflowIsFoundAgainByItsId() {
        dbos.with(WorkflowOptions.id("found")).startWorkflow(shop::greet, "Bob");

        assertThat(dbos.retrieveWorkflow("found", String.class).getResult()).isEqualTo("hello Bob");
    }
}
