package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.StepTimeoutException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.time.Seams;
import dev.dbosj.time.Signals;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attempts of steps: how often, how long, and what ends them early. */
@Timeout(20)
class StepTest {
    private static final Duration BRIEFLY = Duration.ofMillis(30);
    private static final Duration AT_ONCE = Duration.ofMillis(1);
    private static final Duration TOMORROW = Duration.ofDays(1);

    private final String url = url();
    private final Errands errands = new Errands();

    /** Where the workflows are stored: the same place all through a test. */
    String url() {
        return "memory:" + UUID.randomUUID();
    }

    private DBOSConfig config() {
        return DBOSConfig.named("app").databaseUrl(url).shutdownHook(false).lease(Duration.ofSeconds(1))
                .pollInterval(Duration.ofMillis(100)).shutdownGrace(Duration.ZERO);
    }

    private DBOSRuntime launch() {
        return DBOS.launch(config(), errands);
    }

    static class Errands {
        final List<String> ledger = Collections.synchronizedList(new ArrayList<>());
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);

        String note(String what) {
            ledger.add(what);
            return what;
        }

        void noteAttempt() {
            note("attempt " + DBOS.attempt());
            begun.countDown();
        }

        /** Waits for the test, unless it is interrupted. */
        String hang() throws InterruptedException {
            noteAttempt();
            try {
                go.await();
            } catch (InterruptedException interrupt) {
                note("interrupted");
                interrupted.countDown();
                throw interrupt;
            }
            return "went";
        }

        /** Waits for the test, whoever interrupts it. */
        String hangDeaf() {
            noteAttempt();
            while (true) {
                try {
                    go.await();
                    return note("went");
                } catch (InterruptedException ignored) { // being deaf is the point
                    interrupted.countDown();
                }
            }
        }

        // ---- time-outs -----------------------------------------------------------------------------------------------

        @Workflow
        String handlesTimeout() throws InterruptedException {
            try {
                return DBOS.runStep(StepOptions.named("hang").timeout(BRIEFLY), this::hang);
            } catch (StepTimeoutException late) {
                return DBOS.runStep("instead", () -> note(late.getMessage() + " because of " + late.getCause().getClass().getSimpleName()));
            }
        }

        @Workflow
        String hangsTwice() throws InterruptedException {
            return DBOS.runStep(StepOptions.named("twice").timeout(BRIEFLY).maxAttempts(100).interval(AT_ONCE), () -> {
                if (DBOS.attempt() < 3) return hang();
                noteAttempt();
                return "in time";
            });
        }

        @Workflow
        String hangs(int attempts) throws InterruptedException {
            return DBOS.runStep(StepOptions.named("hang").timeout(BRIEFLY).maxAttempts(attempts).interval(AT_ONCE), this::hang);
        }

        @Workflow
        String hangsLong() throws InterruptedException {
            return DBOS.runStep(StepOptions.named("hang").timeout(TOMORROW), this::hang);
        }

        @Workflow
        String hangsDeaf() {
            return DBOS.runStep(StepOptions.named("deaf").timeout(BRIEFLY), this::hangDeaf);
        }

        @Step(timeoutSeconds = 0.03, maxAttempts = 5, abortOn = StepTimeoutException.class)
        String annotated(String name) throws InterruptedException {
            return hang();
        }

        @Workflow
        String hangsAnnotated() throws InterruptedException {
            return DBOS.runStep(this::annotated, "Ada");
        }

        @Workflow
        String keepsTheFlag() {
            try {
                DBOS.runStep(StepOptions.named("hang").timeout(BRIEFLY), () -> {
                    try {
                        hang();
                    } catch (InterruptedException interrupt) {
                        Thread.currentThread().interrupt();
                        throw new IllegalStateException(interrupt);
                    }
                });
            } catch (StepTimeoutException late) {
                note("timed out");
            }
            return "flag in the next step: " + DBOS.runStep("flag", () -> Thread.currentThread().isInterrupted());
        }

        @Workflow
        String hurries() throws InterruptedException {
            for (int time = 0; time < 3; time++) DBOS.runStep(StepOptions.named("quick").timeout(TOMORROW), () -> note("quick"));
            return "done";
        }

        // ---- cancellation --------------------------------------------------------------------------------------------

        @Workflow
        String waits() throws InterruptedException {
            return DBOS.runStep("wait", this::hang);
        }

        @Workflow
        String waitsAndWraps() {
            return DBOS.runStep("wait", () -> {
                try {
                    return hang();
                } catch (InterruptedException interrupt) {
                    throw new IllegalStateException("the line was cut", interrupt);
                }
            });
        }

        @Workflow
        String waitsDeaf() {
            DBOS.runStep("wait", this::hangDeaf);
            return DBOS.runStep("after", () -> note("after"));
        }

        // ---- attempts ------------------------------------------------------------------------------------------------

        @Workflow
        String pauses() {
            return DBOS.runStep(StepOptions.named("pausing").maxAttempts(2).interval(TOMORROW), () -> {
                noteAttempt();
                if (go.getCount() > 0) throw new IllegalStateException("not yet");
                return "at last";
            });
        }

        @Workflow
        void exhausts() throws IOException {
            DBOS.runStep(StepOptions.named("line").maxAttempts(4).interval(AT_ONCE), () -> {
                if (go.getCount() > 0) throw new IOException("line " + DBOS.attempt());
            });
        }

        @Workflow
        void selects(String refusal) throws IOException {
            var options = StepOptions.named("pay").maxAttempts(5).interval(AT_ONCE)
                    .retryOn(IOException.class::isInstance).abortOn(failure -> failure.getMessage().equals("declined"));
            DBOS.runStep(options, () -> {
                noteAttempt();
                if (DBOS.attempt() < 3) throw new IOException("line");
                if (refusal.equals("a bug")) throw new IllegalStateException(refusal);
                if (refusal.equals("declined")) throw new IOException(refusal);
            });
        }

        @Workflow
        void cannotTell() throws IOException {
            var options = StepOptions.named("pay").maxAttempts(5).interval(AT_ONCE).retryOn(failure -> {
                throw new IllegalStateException("who knows");
            });
            DBOS.runStep(options, () -> {
                noteAttempt();
                if (go.getCount() > 0) throw new IOException("line");
            });
        }
    }

    private static Throwable failureOf(WorkflowHandle<?> handle) {
        try {
            throw new AssertionError("it returned " + handle.getResult());
        } catch (WorkflowFailedException failure) {
            return failure.getCause();
        }
    }

    private List<String> steps(DBOSClient client, String id) {
        return client.listWorkflowSteps(id).stream().map(StepInfo::name).toList();
    }

    private static void awaitNoOwner(DBOSClient client, String id) {
        while (client.getWorkflow(id).executorId() != null) Thread.onSpinWait();
    }

    // ---- time-outs ---------------------------------------------------------------------------------------------------

    @Test
    void anAttemptThatLastsTooLongIsInterruptedAndFailsTheStep() {
        try (var dbos = launch()) {
            var handle = dbos.with(WorkflowOptions.id("w")).startWorkflow(errands::handlesTimeout);

            assertThat(handle.getResult()).isEqualTo("attempt 1 of step 0 'hang' of workflow w lasted longer than its time-out"
                    + " of PT0.03S because of InterruptedException");
            assertThat(dbos.listWorkflowSteps("w").getFirst().error()).contains("StepTimeoutException");
        }
        assertThat(errands.ledger).startsWith("attempt 1", "interrupted").hasSize(3);
    }

    @Test
    void aTimeoutIsWorthAnotherAttemptWhichHasTheWholeTimeAgain() {
        try (var dbos = launch()) {
            assertThat(dbos.startWorkflow(errands::hangsTwice).getResult()).isEqualTo("in time");
        }
        // A machine that has other things to do can make the third one late as well.
        assertThat(errands.ledger).startsWith("attempt 1", "interrupted", "attempt 2", "interrupted", "attempt 3");
    }

    @Test
    void whenAllAttemptsHaveTimedOutTheStepHas() {
        try (var dbos = launch()) {
            var failure = failureOf(dbos.startWorkflow(errands::hangs, 3));

            assertThat(failure).isInstanceOf(StepTimeoutException.class).hasMessageContaining("attempt 3");
            assertThat(failure.getSuppressed()).hasSize(2).hasOnlyElementsOfType(StepTimeoutException.class);
            assertThat(failure.getSuppressed()[0]).hasMessageContaining("attempt 1").hasCauseInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void aBodyThatIgnoresTheInterruptIsWaitedForAndWhatItReturnsIsDiscarded() throws Exception {
        try (var dbos = launch()) {
            var handle = dbos.startWorkflow(errands::hangsDeaf);
            errands.interrupted.await();
            assertThat(handle.getStatus().status()).isEqualTo(WorkflowState.PENDING);
            errands.go.countDown();

            assertThat(failureOf(handle)).isInstanceOf(StepTimeoutException.class)
                    .hasMessageContaining("the value that it returned after that is discarded").hasNoCause();
        }
        assertThat(errands.ledger).containsExactly("attempt 1", "went");
    }

    @Test
    void aMethodSaysInItsAnnotationHowLongAnAttemptMayTakeAndThatOneIsEnough() {
        try (var dbos = launch()) {
            assertThat(failureOf(dbos.startWorkflow(errands::hangsAnnotated))).isInstanceOf(StepTimeoutException.class);
        }
        assertThat(errands.ledger).containsExactly("attempt 1", "interrupted");
    }

    @Test
    void theInterruptDoesNotReachTheNextStep() {
        try (var dbos = launch()) {
            assertThat(dbos.startWorkflow(errands::keepsTheFlag).getResult()).isEqualTo("flag in the next step: false");
        }
        assertThat(errands.ledger).containsExactly("attempt 1", "interrupted", "timed out");
    }

    @Test
    void aTimeoutThatIsFarOffHoldsUpNothing() {
        try (var dbos = launch()) {
            assertThat(dbos.startWorkflow(errands::hurries).getResult()).isEqualTo("done");
        }
        assertThat(errands.ledger).containsExactly("quick", "quick", "quick");
    }

    // ---- cancellation ------------------------------------------------------------------------------------------------

    @Test
    void cancellingInterruptsTheStepThatIsRunningWhichRunsAgainWhenTheWorkflowIsResumed() throws Exception {
        try (var dbos = launch()) {
            var handle = dbos.with(WorkflowOptions.id("c")).startWorkflow(errands::waits);
            errands.begun.await();
            handle.cancel();
            assertThatThrownBy(handle::getResult).isInstanceOf(WorkflowCancelledException.class);
            awaitNoOwner(dbos, "c");
            assertThat(steps(dbos, "c")).as("an interrupt by the runtime is no outcome").isEmpty();

            errands.go.countDown();
            dbos.resumeWorkflow("c");
            assertThat(dbos.retrieveWorkflow("c", String.class).getResult()).isEqualTo("went");
        }
        assertThat(errands.ledger).containsExactly("attempt 1", "interrupted", "attempt 1");
    }

    @Test
    void whateverAStepThrowsAfterItWasInterruptedIsNoOutcome() throws Exception {
        try (var dbos = launch()) {
            dbos.with(WorkflowOptions.id("c")).startWorkflow(errands::waitsAndWraps);
            errands.begun.await();
            dbos.cancelWorkflow("c");
            awaitNoOwner(dbos, "c");
            assertThat(steps(dbos, "c")).isEmpty();
        }
        assertThat(errands.ledger).containsExactly("attempt 1", "interrupted");
    }

    @Test
    void whatAStepReturnsAlthoughItWasInterruptedIsRecorded() throws Exception {
        try (var dbos = launch()) {
            dbos.with(WorkflowOptions.id("c")).startWorkflow(errands::waitsDeaf);
            errands.begun.await();
            dbos.cancelWorkflow("c");
            errands.interrupted.await();
            errands.go.countDown();
            awaitNoOwner(dbos, "c");
            assertThat(steps(dbos, "c")).containsExactly("wait");

            dbos.resumeWorkflow("c");
            assertThat(dbos.retrieveWorkflow("c", String.class).getResult()).isEqualTo("after");
        }
        assertThat(errands.ledger).containsExactly("attempt 1", "went", "after");
    }

    @Test
    void aClientElsewhereInterruptsItToo() throws Exception {
        try (var dbos = launch(); var client = DBOSClient.connect(config())) {
            dbos.with(WorkflowOptions.id("c")).startWorkflow(errands::waits);
            errands.begun.await();
            client.cancelWorkflow("c");
            errands.interrupted.await();
            awaitNoOwner(client, "c");
        }
    }

    @Test
    void aStepThatIsAboutToBeginWhenItsWorkflowIsCancelledDoesNot() {
        var cancelling = new AtomicReference<Runnable>();
        Signals cancel = (point, detail) -> {
            if (point == Signals.Point.STEP_BEGINS) cancelling.get().run();
        };
        try (var dbos = DBOSRuntime.create(config(), Seams.system().signals(cancel), Assembly.open(config(), Seams.system()))) {
            cancelling.set(() -> onAnotherThread(() -> dbos.cancelWorkflow("c")));
            dbos.register(errands).launch();
            dbos.with(WorkflowOptions.id("c")).startWorkflow(errands::waits);
            awaitNoOwner(dbos, "c");
            assertThat(dbos.getWorkflow("c").status()).isEqualTo(WorkflowState.CANCELLED);
        }
        assertThat(errands.ledger).isEmpty();
    }

    private static void onAnotherThread(Runnable action) {
        try {
            Thread.ofPlatform().inheritInheritableThreadLocals(false).start(action).join();
        } catch (InterruptedException stranger) {
            throw new IllegalStateException(stranger);
        }
    }

    @Test
    void cancellingEndsThePauseBeforeTheNextAttempt() throws Exception {
        try (var dbos = launch()) {
            dbos.with(WorkflowOptions.id("c")).startWorkflow(errands::pauses);
            errands.begun.await();
            dbos.cancelWorkflow("c");
            awaitNoOwner(dbos, "c");
            assertThat(steps(dbos, "c")).isEmpty();
        }
        assertThat(errands.ledger).containsExactly("attempt 1");
    }

    // ---- attempts ----------------------------------------------------------------------------------------------------

    @Test
    void theLastFailureCarriesTheEarlierOnes() {
        try (var dbos = launch()) {
            var failure = failureOf(dbos.startWorkflow(errands::exhausts));

            assertThat(failure).isInstanceOf(IOException.class).hasMessage("line 4");
            assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("line 1", "line 2", "line 3");
        }
    }

    @Test
    void anExceptionThatIsNotWorthAnotherAttemptEndsThem() {
        for (var refusal : List.of("declined", "a bug")) {
            errands.ledger.clear();
            try (var dbos = launch()) {
                assertThat(failureOf(dbos.startWorkflow(errands::selects, refusal))).hasMessage(refusal);
            }
            assertThat(errands.ledger).containsExactly("attempt 1", "attempt 2", "attempt 3");
        }
    }

    @Test
    void aPolicyThatFailsItselfEndsTheAttemptsAndDoesNotHideTheFailure() {
        try (var dbos = launch()) {
            var failure = failureOf(dbos.startWorkflow(errands::cannotTell));

            assertThat(failure).isInstanceOf(IOException.class).hasMessage("line");
            assertThat(failure.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class);
        }
        assertThat(errands.ledger).containsExactly("attempt 1");
    }

    // ---- when the executor dies in the middle --------------------------------------------------------------------------

    @Test
    void whatAKilledExecutorWasInTheMiddleOfBeginsAgainWithTheFirstAttempt() throws Exception {
        var lost = new Errands();
        errands.go.countDown();
        try (var victim = MortalRuntime.launch(config(), lost)) {
            victim.dbos().with(WorkflowOptions.id("hanging")).startWorkflow(lost::hangsLong);
            victim.dbos().with(WorkflowOptions.id("pausing")).startWorkflow(lost::pauses);
            victim.dbos().with(WorkflowOptions.id("cancelled")).startWorkflow(lost::waitsDeaf);
            while (lost.ledger.size() < 3) Thread.onSpinWait();
            victim.dbos().cancelWorkflow("cancelled");
            lost.interrupted.await();
            victim.kill();
            try (var heir = launch()) {
                assertThat(heir.retrieveWorkflow("hanging", String.class).getResult()).isEqualTo("went");
                assertThat(heir.retrieveWorkflow("pausing", String.class).getResult()).isEqualTo("at last");
                awaitNoOwner(heir, "cancelled");
                assertThat(errands.ledger).containsExactly("attempt 1", "attempt 1");
                assertThat(heir.getWorkflow("cancelled").status()).isEqualTo(WorkflowState.CANCELLED);

                heir.resumeWorkflow("cancelled");
                assertThat(heir.retrieveWorkflow("cancelled", String.class).getResult()).isEqualTo("after");
            }
            assertThat(errands.ledger).containsExactly("attempt 1", "attempt 1", "attempt 1", "went", "after");
            lost.go.countDown();
        }
    }

    @Test
    void anExecutorThatHasLostItsLeaseInterruptsItsStepsAndRecordsNothingOfThem() throws Exception {
        var lost = new Errands();
        errands.go.countDown();
        try (var zombie = MortalRuntime.launch(config(), lost)) {
            zombie.dbos().with(WorkflowOptions.id("hanging")).startWorkflow(lost::hangsLong);
            zombie.dbos().with(WorkflowOptions.id("deaf")).startWorkflow(lost::waitsDeaf);
            while (lost.ledger.size() < 2) Thread.onSpinWait();
            zombie.kill();
            try (var heir = launch()) {
                for (var id : List.of("hanging", "deaf")) heir.retrieveWorkflow(id, String.class).getResult();
            }
            zombie.revive();
            while (!lost.ledger.contains("interrupted")) Thread.onSpinWait();
            lost.go.countDown();
            while (!lost.ledger.contains("went")) Thread.onSpinWait();
        }
        try (var client = DBOSClient.connect(config())) {
            assertThat(steps(client, "hanging")).containsExactly("hang");
            assertThat(steps(client, "deaf")).containsExactly("wait", "after");
        }
        assertThat(lost.ledger).doesNotContain("after");
    }
}
