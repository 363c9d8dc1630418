package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.NonDeterministicWorkflowException;
import dev.dbosj.exceptions.QueueNotRegisteredException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A workflow that is interrupted by the end of its runtime goes on in the next one, from its last completed step. */
@Timeout(10)
class RecoveryTest {
    private final String url = url();

    /** Where the workflows are stored: the same place all through a test. */
    String url() {
        return "memory:" + UUID.randomUUID();
    }

    private DBOSRuntime launch(Object workflows) {
        var config = DBOSConfig.named("app").databaseUrl(url).shutdownHook(false)
                .shutdownGrace(Duration.ofMillis(50)).pollInterval(Duration.ofMillis(20));
        var dbos = DBOSRuntime.create(config).register(workflows);
        dbos.registerQueue(WorkflowQueue.named("q"));
        return dbos.launch();
    }

    static class Journey {
        final List<String> ledger = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch reached = new CountDownLatch(1);
        final Semaphore go = new Semaphore(0);
        String secondStep = "second";

        @Workflow
        String journey(String name) throws InterruptedException {
            var first = DBOS.runStep("first", () -> note("first"));
            var id = DBOS.randomUUID();
            var now = DBOS.now();
            var second = DBOS.runStep(secondStep, () -> {
                reached.countDown();
                go.acquire();
                return note("second");
            });
            return "%s %s %s %s %s".formatted(name, first, second, id, now);
        }

        /** Its second step cannot be interrupted. */
        @Workflow
        String stubborn(String name) {
            DBOS.runStep("first", () -> note("first"));
            return name + " " + DBOS.runStep("second", () -> {
                reached.countDown();
                go.acquireUninterruptibly();
                return note("second");
            });
        }

        @Workflow
        String parent() {
            var child = DBOS.enqueueWorkflow("q", this::journey, "child");
            return DBOS.runStep("own", () -> note("own")) + " + " + child.getResult().substring(0, 5);
        }

        @Workflow
        String sleeper() {
            DBOS.runStep("before", () -> note("before"));
            reached.countDown();
            DBOS.sleep(Duration.ofMillis(600));
            return note("woke");
        }

        @Workflow
        String swallower() {
            while (true) {
                try {
                    DBOS.runStep("stuck", () -> {
                        reached.countDown();
                        go.acquire();
                        return "through";
                    });
                    return note("done");
                } catch (Throwable everything) {
                    note("swallowed " + everything.getClass().getSimpleName());
                    if (ledger.size() > 100) return "gave up";
                }
            }
        }

        @Workflow
        String flaky() {
            return DBOS.runStep(StepOptions.named("flaky").maxAttempts(3).interval(Duration.ofMillis(1)), () -> {
                note("attempt " + DBOS.attempt());
                if (DBOS.attempt() < 3) throw new IllegalStateException("not yet");
                return "at last";
            });
        }

        String note(String what) {
            ledger.add(what);
            return what;
        }
    }

    @Test
    void completedStepsAreNotRunAgainAndRecordedValuesStay() throws Exception {
        var before = new Journey();
        try (var dbos = launch(before)) {
            dbos.with(WorkflowOptions.id("j")).startWorkflow(before::journey, "trip");
            before.reached.await();
        }
        var recordedId = recordedStep("j", 1);
        var after = new Journey();
        after.go.release();
        try (var dbos = launch(after)) {
            var result = dbos.retrieveWorkflow("j", String.class).getResult();
            assertThat(result).startsWith("trip first second " + recordedId.substring(1, 37));
        }
        assertThat(before.ledger).containsExactly("first");
        assertThat(after.ledger).containsExactly("second");
    }

    private String recordedStep(String id, int step) {
        try (var client = DBOSClient.connect(url)) {
            return client.listWorkflowSteps(id).get(step).output();
        }
    }

    @Test
    void anInterruptByTheRuntimeIsNoOutcomeOfTheStep() throws Exception {
        var before = new Journey();
        try (var dbos = launch(before)) {
            dbos.with(WorkflowOptions.id("j")).startWorkflow(before::journey, "trip");
            before.reached.await();
        }
        try (var client = DBOSClient.connect(url)) {
            assertThat(client.getWorkflow("j").status()).isEqualTo(WorkflowState.ENQUEUED);
            assertThat(client.getWorkflow("j").executorId()).isNull();
            assertThat(client.listWorkflowSteps("j")).extracting(StepInfo::name).containsExactly("first", "DBOS.randomUUID", "DBOS.now");
        }
    }

    @Test
    void aWorkflowThatSwallowsEverythingStillLetsGo() throws Exception {
        var before = new Journey();
        try (var dbos = launch(before)) {
            dbos.with(WorkflowOptions.id("s")).startWorkflow(before::swallower);
            before.reached.await();
        }
        var after = new Journey();
        after.go.release();
        try (var dbos = launch(after)) {
            assertThat(dbos.retrieveWorkflow("s", String.class).getResult()).isEqualTo("done");
        }
    }

    @Test
    void aParentFindsItsChildrenAgain() throws Exception {
        var before = new Journey();
        try (var dbos = launch(before)) {
            dbos.with(WorkflowOptions.id("p")).startWorkflow(before::parent);
            before.reached.await();
        }
        var after = new Journey();
        after.go.release();
        try (var dbos = launch(after)) {
            assertThat(dbos.retrieveWorkflow("p", String.class).getResult()).isEqualTo("own + child");
        }
        var both = new ArrayList<>(before.ledger);
        both.addAll(after.ledger);
        assertThat(both).containsExactlyInAnyOrder("first", "own", "second");
    }

    @Test
    void aRecoveredSleepSleepsOnlyForWhatIsLeft() throws Exception {
        var before = new Journey();
        var start = Instant.now();
        try (var dbos = launch(before)) {
            dbos.with(WorkflowOptions.id("z")).startWorkflow(before::sleeper);
            before.reached.await();
        }
        var after = new Journey();
        try (var dbos = launch(after)) {
            assertThat(dbos.retrieveWorkflow("z", String.class).getResult()).isEqualTo("woke");
        }
        assertThat(Duration.between(start, Instant.now())).isBetween(Duration.ofMillis(600), Duration.ofMillis(2000));
        assertThat(after.ledger).containsExactly("woke");
    }

    @Test
    void aStepThatChangedItsNameStopsTheWorkflowAndLeavesTheHistory() throws Exception {
        var before = new Journey();
        try (var dbos = launch(before)) {
            dbos.with(WorkflowOptions.id("j")).startWorkflow(before::journey, "trip");
            before.reached.await();
        }
        var changed = new Object() {
            @Workflow
            String journey(String name) {
                return DBOS.runStep("another", () -> name);
            }
        };
        try (var dbos = DBOSRuntime.create(DBOSConfig.named("app").databaseUrl(url).shutdownHook(false)).register(changed).launch()) {
            assertThatThrownBy(() -> dbos.retrieveWorkflow("j", String.class).getResult())
                    .isInstanceOf(WorkflowFailedException.class)
                    .hasCauseInstanceOf(NonDeterministicWorkflowException.class)
                    .hasMessageContaining("'first'").hasMessageContaining("'another'");
            assertThat(dbos.getWorkflow("j").status()).isEqualTo(WorkflowState.ERROR);
            assertThat(dbos.listWorkflowSteps("j").getFirst().name()).isEqualTo("first");
        }
    }

    @Test
    void aQueueThatWasUnknownStaysUnknownToTheWorkflowThatHandledThat() throws Exception {
        var before = new Fallback();
        try (var dbos = launch(before)) {
            dbos.with(WorkflowOptions.id("f")).startWorkflow(before::fallback);
            before.reached.await();
        }
        var after = new Fallback();
        after.go.release();
        try (var dbos = launch(after)) {
            dbos.registerQueue(WorkflowQueue.named("late"));
            assertThat(dbos.retrieveWorkflow("f", String.class).getResult()).isEqualTo("instead");
        }
    }

    static class Fallback {
        final CountDownLatch reached = new CountDownLatch(1);
        final Semaphore go = new Semaphore(0);

        @Workflow
        String fallback() throws InterruptedException {
            String result;
            try {
                result = DBOS.enqueueWorkflow("late", this::child).getResult();
            } catch (QueueNotRegisteredException unknown) {
                result = DBOS.runStep("fallback", () -> "instead");
            }
            DBOS.runStep("stop here", () -> {
                reached.countDown();
                go.acquire();
            });
            return result;
        }

        @Workflow
        String child() {
            return "child";
        }
    }

    @Test
    void aBrokenWorkflowThatIsCancelledLetsGoWithoutCountingAnAttempt() throws Exception {
        var before = new Journey();
        try (var dbos = launch(before)) {
            dbos.with(WorkflowOptions.id("j")).startWorkflow(before::journey, "trip");
            before.reached.await();
        }
        var reached = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var changed = new Object() {
            @Workflow
            String journey(String name) throws InterruptedException {
                try {
                    return DBOS.runStep("another", () -> name);
                } catch (NonDeterministicWorkflowException broken) {
                    reached.countDown();
                    go.await();
                    return name;
                }
            }
        };
        try (var dbos = launch(changed)) {
            reached.await();
            dbos.cancelWorkflow("j");
            go.countDown();
            awaitNoOwner(dbos, "j");
            assertThat(dbos.getWorkflow("j").status()).isEqualTo(WorkflowState.CANCELLED);
            assertThat(dbos.getWorkflow("j").attempts()).isZero();
        }
    }

    @Test
    void aStepIsTriedAgainAsOftenAsItMay() {
        var journey = new Journey();
        try (var dbos = launch(journey)) {
            assertThat(dbos.startWorkflow(journey::flaky).getResult()).isEqualTo("at last");
        }
        assertThat(journey.ledger).containsExactly("attempt 1", "attempt 2", "attempt 3");
    }

    @Test
    void aCancelledWorkflowBeginsNoFurtherStepAndCanBeResumed() throws Exception {
        var journey = new Journey();
        try (var dbos = launch(journey)) {
            var handle = dbos.with(WorkflowOptions.id("c")).startWorkflow(journey::stubborn, "trip");
            journey.reached.await();
            handle.cancel();
            assertThatThrownBy(handle::getResult).isInstanceOf(WorkflowCancelledException.class);
            assertThat(handle.getStatus().status()).isEqualTo(WorkflowState.CANCELLED);
            journey.go.release();
            awaitNoOwner(dbos, "c");

            dbos.resumeWorkflow("c");
            assertThat(dbos.retrieveWorkflow("c", String.class).getResult()).isEqualTo("trip second");
            assertThat(journey.ledger).as("the step that was running when it was cancelled was recorded").containsExactly("first", "second");
        }
    }

    @Test
    void resumingWhileTheOldAttemptIsStillStoppingWaitsForIt() throws Exception {
        var journey = new Journey();
        try (var dbos = launch(journey)) {
            var handle = dbos.with(WorkflowOptions.id("c")).startWorkflow(journey::stubborn, "trip");
            journey.reached.await();
            handle.cancel();
            dbos.resumeWorkflow("c");
            assertThat(handle.getStatus().status()).isEqualTo(WorkflowState.CANCELLED);
            journey.go.release();
            while (handle.getStatus().status() == WorkflowState.CANCELLED) Thread.onSpinWait();
            assertThat(dbos.retrieveWorkflow("c", String.class).getResult()).isEqualTo("trip second");
            assertThat(journey.ledger).containsExactly("first", "second");
        }
    }

    @Test
    void cancellingEndsADurableSleepAtOnce() throws Exception {
        var journey = new Journey();
        try (var dbos = launch(journey)) {
            var handle = dbos.startWorkflow(journey::sleeper);
            journey.reached.await();
            handle.cancel();
            awaitNoOwner(dbos, handle.workflowId());
            assertThat(journey.ledger).doesNotContain("woke");
        }
    }

    private static void awaitNoOwner(DBOSRuntime dbos, String id) {
        while (dbos.getWorkflow(id).executorId() != null) Thread.onSpinWait();
    }
}
