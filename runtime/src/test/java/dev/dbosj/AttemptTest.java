package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.WorkflowActiveException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.Redrive;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workflows that fail or hang: what is tried again, what ends as a dead letter, and what can be done with that. */
@Timeout(60)
class AttemptTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final RetryPolicy THREE = RetryPolicy.attempts(3).interval(Duration.ofMillis(50));
    private static final WorkflowQueue QUEUE = WorkflowQueue.named("queue").retries(THREE);

    private final String url = url();
    private final Jobs jobs = new Jobs();
    private DBOSRuntime dbos;

    /** Where the workflows are stored: the same place all through a test. */
    String url() {
        return "memory:" + UUID.randomUUID();
    }

    static final class Gone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Gone(String message) {
            super(message);
        }
    }

    static class Jobs {
        final ConcurrentLinkedQueue<String> ledger = new ConcurrentLinkedQueue<>();
        final AtomicInteger failures = new AtomicInteger();
        final CountDownLatch reached = new CountDownLatch(1);
        final Semaphore go = new Semaphore(0);

        String note(String what) {
            ledger.add(what);
            return what;
        }

        private void failIfToo() throws IOException {
            if (failures.getAndDecrement() > 0) throw new IOException("unreachable");
        }

        @Workflow
        String flaky(String name) throws IOException {
            DBOS.runStep("before", () -> note("before"));
            return DBOS.runStep("flaky", () -> {
                note("flaky " + name);
                failIfToo();
                return name;
            });
        }

        /** Its code wraps what the step has thrown. */
        @Workflow
        String wrapping() {
            try {
                return DBOS.runStep("flaky", () -> {
                    note("flaky");
                    failIfToo();
                    return "done";
                });
            } catch (IOException failure) {
                throw new IllegalStateException("wrapped", failure);
            }
        }

        /** It catches the error, cleans up, and fails all the same. */
        @Workflow
        String cleaning() throws IOException {
            try {
                return DBOS.runStep("pay", () -> {
                    note("pay");
                    failIfToo();
                    return "paid";
                });
            } catch (IOException failure) {
                DBOS.runStep("refund", () -> note("refund"));
                throw failure;
            }
        }

        @Workflow
        String plain() throws IOException {
            DBOS.runStep("before", () -> note("before"));
            note("plain");
            failIfToo();
            return "done";
        }

        @Workflow
        String parent() {
            return DBOS.with(WorkflowOptions.id("child")).enqueueWorkflow("children", this::child).getResult();
        }

        @Workflow
        String child() throws IOException {
            note("child");
            failIfToo();
            return "of child";
        }

        @Workflow(maxAttempts = 2, intervalSeconds = 0.01, abortOn = Gone.class)
        String own(String name) throws IOException {
            note("own");
            if (name.equals("gone")) throw new Gone(name);
            failIfToo();
            return name;
        }

        @Workflow
        void unknownException() {
            DBOS.runStep("gone", () -> {
                note("gone");
                if (go.availablePermits() == 0) throw new Gone("for good");
            });
        }

        @Workflow
        String held() throws InterruptedException {
            DBOS.runStep("before", () -> note("before"));
            return DBOS.runStep("hold", () -> {
                note("hold");
                if (failures.getAndDecrement() > 0) {
                    reached.countDown();
                    go.acquire();
                }
                return "done";
            });
        }

        /** Fails at its first attempt, and hangs in the second. */
        @Workflow
        String doomed() throws Exception {
            DBOS.runStep("before", () -> note("before"));
            return DBOS.runStep("doomed", () -> {
                note("doomed");
                if (failures.getAndDecrement() != 1) throw new IOException("unreachable");
                reached.countDown();
                go.acquire();
                return "done";
            });
        }

        /** Its child runs on when it fails. */
        @Workflow
        String careless() throws IOException {
            DBOS.startWorkflow(this::waiting);
            throw new IOException("careless");
        }

        @Workflow
        String deaf() {
            return DBOS.runStep("deaf", () -> {
                note("deaf");
                reached.countDown();
                go.acquireUninterruptibly();
                return "done";
            });
        }

        @Workflow
        String slow() throws InterruptedException {
            return DBOS.runStep("slow", () -> {
                note("slow");
                for (int i = 0; i < 8; i++) {
                    DBOS.extendAttempt(Duration.ofMillis(800));
                    Thread.sleep(100);
                }
                return "done";
            });
        }

        @Workflow
        String waiting() {
            note("waiting");
            DBOS.recv(String.class, Duration.ofMinutes(5));
            return "done";
        }

        @Workflow
        String family(String name) throws IOException {
            var first = DBOS.startWorkflow(this::leaf, "first of " + name).getResult();
            var second = DBOS.startWorkflow(this::leaf, "second of " + name).getResult();
            failIfToo();
            return first + ", " + second;
        }

        @Workflow
        String leaf(String name) {
            return note(name);
        }
    }

    private DBOSConfig config() {
        return DBOSConfig.named("attempts").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ZERO)
                .lease(Duration.ofSeconds(1)).pollInterval(Duration.ofMillis(100));
    }

    @BeforeEach
    void launch() {
        dbos = DBOS.launch(config(), jobs);
        dbos.registerQueue(QUEUE);
        dbos.registerQueue(WorkflowQueue.named("children"));
    }

    @AfterEach
    void close() {
        jobs.go.release(100);
        dbos.close();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it happens in time").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private WorkflowState state(WorkflowHandle<?> handle) {
        return handle.getStatus().status();
    }

    private List<String> errors(WorkflowHandle<?> handle) {
        return dbos.listWorkflowAttempts(handle.workflowId()).stream().map(WorkflowAttempt::error).toList();
    }

    private QueueStats stats(String queue) {
        return dbos.queueStats().stream().filter(stats -> stats.name().equals(queue)).findFirst().orElseThrow();
    }

    private void awaitDeath(WorkflowHandle<?> handle) {
        assertThatThrownBy(() -> handle.getResult(LONG))
                .isInstanceOf(WorkflowFailedException.class)
                .hasMessageContaining("dead letter");
        assertThat(state(handle)).isEqualTo(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);
    }

    // ---- retries -------------------------------------------------------------------------------------------------

    @Test
    void theOperationThatWasItsUndoingRunsAgainAndNothingElse() {
        jobs.failures.set(2);
        var handle = dbos.enqueueWorkflow("queue", jobs::flaky, "a");

        assertThat(handle.getResult(LONG)).isEqualTo("a");
        assertThat(jobs.ledger).containsExactly("before", "flaky a", "flaky a", "flaky a");
        assertThat(errors(handle)).hasSize(2).allMatch(error -> error.contains("unreachable"));
        assertThat(dbos.listWorkflowSteps(handle.workflowId())).extracting(StepInfo::error).containsOnlyNulls();
        assertThat(dbos.listWorkflowAttempts(handle.workflowId())).extracting(WorkflowAttempt::step).containsOnly(1);
    }

    @Test
    void anUndoingInTheCauseOfTheExceptionIsFoundToo() {
        jobs.failures.set(1);

        assertThat(dbos.enqueueWorkflow("queue", jobs::wrapping).getResult(LONG)).isEqualTo("done");
        assertThat(jobs.ledger).containsExactly("flaky", "flaky");
    }

    @Test
    void itWaitsLongerFromAttemptToAttempt() {
        dbos.registerQueue(WorkflowQueue.named("patient")
                .retries(RetryPolicy.attempts(3).interval(Duration.ofMillis(300)).backoffRate(2).jitter(0)));
        jobs.failures.set(2);
        var handle = dbos.enqueueWorkflow("patient", jobs::flaky, "a");
        handle.getResult(LONG);

        var attempts = dbos.listWorkflowAttempts(handle.workflowId());
        assertThat(Duration.between(attempts.getFirst().endedAt(), attempts.getLast().startedAt())).isBetween(
                Duration.ofMillis(300), Duration.ofMillis(1500));
        assertThat(Duration.between(attempts.getLast().endedAt(), handle.getStatus().startedAt())).isBetween(
                Duration.ofMillis(600), Duration.ofMillis(1800));
    }

    @Test
    void whenItsAttemptsAreUsedUpItIsADeadLetterWithTheErrorOfEach() {
        jobs.failures.set(100);
        var handle = dbos.enqueueWorkflow("queue", jobs::flaky, "a");

        awaitDeath(handle);
        assertThat(errors(handle)).hasSize(3);
        assertThat(dbos.listWorkflowAttempts(handle.workflowId()).getLast().dead()).isTrue();
        assertThat(jobs.ledger).containsExactly("before", "flaky a", "flaky a", "flaky a");
        assertThat(stats("queue").deadLetters()).isEqualTo(1);
        assertThat(dbos.listWorkflows(WorkflowFilter.all().states(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED)))
                .singleElement().extracting("workflowId").isEqualTo(handle.workflowId());
    }

    @Test
    void anErrorThatTheWorkflowHasHandledIsNotTriedAgain() {
        jobs.failures.set(1);
        var handle = dbos.enqueueWorkflow("queue", jobs::cleaning);

        awaitDeath(handle);
        assertThat(jobs.ledger).containsExactly("pay", "refund");
        assertThat(dbos.listWorkflowAttempts(handle.workflowId())).singleElement().satisfies(attempt -> {
            assertThat(attempt.step()).isNull();
            assertThat(attempt.dead()).isTrue();
        });
    }

    @Test
    void anErrorOfItsOwnCodeIsTriedAgainFromWhatIsRecorded() {
        jobs.failures.set(2);

        assertThat(dbos.enqueueWorkflow("queue", jobs::plain).getResult(LONG)).isEqualTo("done");
        assertThat(jobs.ledger).containsExactly("before", "plain", "plain", "plain");
    }

    @Test
    void aParentAsksAgainForTheResultOfItsChildAndNeverStartsItAgain() throws InterruptedException {
        dbos.registerQueue(WorkflowQueue.named("children").retries(RetryPolicy.attempts(1)));
        dbos.registerQueue(QUEUE.retries(THREE.interval(Duration.ofSeconds(1)).jitter(0)));
        jobs.failures.set(1);
        var parent = dbos.enqueueWorkflow("queue", jobs::parent);
        await(() -> state(parent) == WorkflowState.DELAYED);

        dbos.redriveWorkflow("child");
        assertThat(parent.getResult(LONG)).isEqualTo("of child");
        assertThat(jobs.ledger).containsExactly("child", "child");
        assertThat(errors(parent)).hasSize(1);
    }

    @Test
    void aWorkflowsOwnPolicyGoesBeforeThatOfItsQueue() {
        jobs.failures.set(100);
        awaitDeath(dbos.enqueueWorkflow("queue", jobs::own, "a"));
        assertThat(jobs.ledger).hasSize(2);

        awaitDeath(dbos.enqueueWorkflow("queue", jobs::own, "gone"));
        assertThat(jobs.ledger).hasSize(3);
    }

    @Test
    void whatWasStartedDirectlyFollowsItsOwnPolicyToo() {
        jobs.failures.set(1);

        assertThat(dbos.startWorkflow(jobs::own, "a").getResult(LONG)).isEqualTo("a");
        assertThat(jobs.ledger).hasSize(2);
    }

    @Test
    void aQueueKnowsExceptionsThatNobodyDeclaresByTheirNames() {
        dbos.registerQueue(QUEUE.retries(THREE.abortOn(Gone.class)));

        awaitDeath(dbos.enqueueWorkflow("queue", jobs::unknownException));
        assertThat(jobs.ledger).containsExactly("gone");
    }

    @Test
    void withoutAPolicyAFailureIsTheEnd() {
        dbos.registerQueue(WorkflowQueue.named("queue"));
        jobs.failures.set(1);
        var handle = dbos.enqueueWorkflow("queue", jobs::flaky, "a");

        assertThatThrownBy(() -> handle.getResult(LONG)).isInstanceOf(WorkflowFailedException.class);
        assertThat(state(handle)).isEqualTo(WorkflowState.ERROR);
        assertThat(errors(handle)).isEmpty();
    }

    @Test
    void aWorkflowThatWaitsForItsNextAttemptCanBeCancelled() throws InterruptedException {
        dbos.registerQueue(QUEUE.retries(THREE.interval(Duration.ofMinutes(5))));
        jobs.failures.set(1);
        var handle = dbos.enqueueWorkflow("queue", jobs::flaky, "a");
        await(() -> state(handle) == WorkflowState.DELAYED);

        handle.cancel();
        assertThat(state(handle)).isEqualTo(WorkflowState.CANCELLED);
        dbos.resumeWorkflow(handle.workflowId());
        assertThat(handle.getStatus().error()).isNull();
        await(() -> state(handle) == WorkflowState.SUCCESS);
    }

    @Test
    void whenItsExecutorDiesInALaterAttemptItGoesOnElsewhereAndThatOneIsNotCounted() throws InterruptedException {
        dbos.close();
        var lost = new Jobs();
        lost.failures.set(2);
        try (var victim = MortalRuntime.launch(config(), lost)) {
            var id = victim.dbos().enqueueWorkflow("queue", lost::doomed).workflowId();
            lost.reached.await();
            victim.kill();
            jobs.failures.set(100);
            dbos = DBOS.launch(config(), jobs);
            var handle = dbos.retrieveWorkflow(id, String.class);

            awaitDeath(handle);
            assertThat(lost.ledger).containsExactly("before", "doomed", "doomed");
            assertThat(jobs.ledger).containsExactly("doomed", "doomed");
            assertThat(dbos.listWorkflowAttempts(id)).extracting(WorkflowAttempt::attempt).containsExactly(1, 2, 3);
            lost.go.release();
        }
    }

    // ---- attempts that hang --------------------------------------------------------------------------------------

    @Test
    void anAttemptThatHangsIsEndedAndTriedAgain() {
        dbos.registerQueue(QUEUE.attemptTimeout(Duration.ofMillis(400)));
        jobs.failures.set(1);
        var handle = dbos.enqueueWorkflow("queue", jobs::held);

        assertThat(handle.getResult(LONG)).isEqualTo("done");
        assertThat(jobs.ledger).containsExactly("before", "hold", "hold");
        assertThat(errors(handle)).singleElement().asString().contains("AttemptTimeoutException").contains("queue");
    }

    @Test
    void oneThatHangsAtEachAttemptIsADeadLetter() {
        dbos.registerQueue(QUEUE.attemptTimeout(Duration.ofMillis(200)));
        jobs.failures.set(100);
        var handle = dbos.enqueueWorkflow("queue", jobs::held);

        awaitDeath(handle);
        assertThat(errors(handle)).hasSize(3);
    }

    @Test
    void withoutAPolicyTheFirstAttemptThatHangsIsTheLastAlsoWhenItOnlyWaits() {
        dbos.registerQueue(WorkflowQueue.named("queue").attemptTimeout(Duration.ofMillis(100)));

        awaitDeath(dbos.enqueueWorkflow("queue", jobs::waiting));
        assertThat(jobs.ledger).containsExactly("waiting");
    }

    @Test
    void aStepThatGetsAheadMayExtendItsAttempt() {
        dbos.registerQueue(WorkflowQueue.named("queue").attemptTimeout(Duration.ofMillis(400)));

        assertThat(dbos.enqueueWorkflow("queue", jobs::slow).getResult(LONG)).isEqualTo("done");
        assertThat(jobs.ledger).containsExactly("slow");
    }

    @Test
    void aBodyThatIgnoresTheInterruptKeepsItsSlotAndWhatItHasDoneIsRecorded() throws InterruptedException {
        dbos.registerQueue(QUEUE.attemptTimeout(Duration.ofMillis(100)).workerConcurrency(1));
        var deaf = dbos.enqueueWorkflow("queue", jobs::deaf);
        jobs.reached.await();
        var next = dbos.enqueueWorkflow("queue", jobs::leaf, "next");
        Thread.sleep(600);

        assertThat(state(deaf)).isEqualTo(WorkflowState.PENDING);
        assertThat(jobs.ledger).containsExactly("deaf");
        jobs.go.release();
        assertThat(deaf.getResult(LONG)).isEqualTo("done");
        assertThat(next.getResult(LONG)).isEqualTo("next");
        assertThat(jobs.ledger).containsExactly("deaf", "next");
    }

    @Test
    void anAttemptThatHangsOnAnExecutorThatDiesIsGoneOnWithElsewhere() throws InterruptedException {
        dbos.registerQueue(QUEUE.attemptTimeout(Duration.ofSeconds(5)));
        dbos.close();
        var lost = new Jobs();
        lost.failures.set(1);
        try (var victim = MortalRuntime.launch(config(), lost)) {
            var id = victim.dbos().enqueueWorkflow("queue", lost::held).workflowId();
            lost.reached.await();
            victim.kill();
            dbos = DBOS.launch(config(), jobs);

            assertThat(dbos.retrieveWorkflow(id, String.class).getResult(LONG)).isEqualTo("done");
            assertThat(jobs.ledger).containsExactly("hold");
            assertThat(dbos.listWorkflowAttempts(id)).isEmpty();
        }
    }

    // ---- dead letters --------------------------------------------------------------------------------------------

    private WorkflowHandle<String> dead(String name) {
        jobs.failures.set(3);
        var handle = dbos.enqueueWorkflow("queue", jobs::flaky, name);
        awaitDeath(handle);
        jobs.failures.set(0);
        jobs.ledger.clear();
        return handle;
    }

    private String resultOfRedriven(WorkflowHandle<String> handle) throws InterruptedException {
        await(() -> state(handle) == WorkflowState.SUCCESS);
        return handle.getResult(LONG);
    }

    @Test
    void aRedrivenDeadLetterGoesOnWhereItFailed() throws InterruptedException {
        var handle = dead("a");

        assertThat(dbos.redriveWorkflow(handle.workflowId())).isTrue();
        assertThat(resultOfRedriven(handle)).isEqualTo("a");
        assertThat(jobs.ledger).containsExactly("flaky a");
        assertThat(dbos.redriveWorkflow(handle.workflowId())).isFalse();
        assertThat(stats("queue").deadLetters()).isZero();
    }

    @Test
    void aDeadLetterCanBeRedrivenWithOtherArgumentsFromTheBeginning() throws InterruptedException {
        var handle = dead("a");

        dbos.redriveWorkflow(handle.workflowId(), Redrive.asItIs().fromStep(0).arguments("b"));
        assertThat(resultOfRedriven(handle)).isEqualTo("b");
        assertThat(jobs.ledger).containsExactly("before", "flaky b");
    }

    @Test
    void whatIsRedrivenFromAStepStartsTheChildrenFromThereOnAnew() throws InterruptedException {
        dbos.registerQueue(QUEUE.retries(RetryPolicy.attempts(1)));
        jobs.failures.set(1);
        var handle = dbos.enqueueWorkflow("queue", jobs::family, "a");
        awaitDeath(handle);

        dbos.redriveWorkflow(handle.workflowId(), Redrive.asItIs().fromStep(2));
        assertThat(resultOfRedriven(handle)).isEqualTo("first of a, second of a");
        assertThat(jobs.ledger).containsExactly("first of a", "second of a", "second of a");
    }

    @Test
    void nothingIsRedrivenFromAStepWhileAChildFromThereRuns() {
        dbos.registerQueue(QUEUE.retries(RetryPolicy.attempts(1)));
        jobs.failures.set(1);
        var handle = dbos.enqueueWorkflow("queue", jobs::careless);
        awaitDeath(handle);

        assertThatThrownBy(() -> dbos.redriveWorkflow(handle.workflowId(), Redrive.asItIs().fromStep(0)))
                .isInstanceOf(WorkflowActiveException.class)
                .hasMessageContaining(handle.workflowId() + "-0");
        assertThat(state(handle)).isEqualTo(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);
    }

    @Test
    void manyAreRedrivenAtARate() throws InterruptedException {
        dbos.registerQueue(QUEUE.retries(RetryPolicy.attempts(1)));
        jobs.failures.set(6);
        var handles = IntStream.range(0, 6).mapToObj(i -> dbos.enqueueWorkflow("queue", jobs::flaky, "" + i)).toList();
        handles.forEach(this::awaitDeath);
        var other = dbos.enqueueWorkflow("children", jobs::own, "gone");
        awaitDeath(other);
        var before = other.getStatus().completedAt();

        assertThat(dbos.redriveWorkflows(WorkflowFilter.all().queueName("queue"), new RateLimit(2, Duration.ofMillis(400))))
                .containsExactlyInAnyOrderElementsOf(handles.stream().map(WorkflowHandle::workflowId).toList());
        await(() -> handles.stream().allMatch(handle -> state(handle) == WorkflowState.SUCCESS));
        var starts = handles.stream().map(handle -> handle.getStatus().startedAt()).sorted().toList();
        for (int place = 0; place < starts.size(); place++)
            assertThat(Duration.between(before, starts.get(place))).isGreaterThanOrEqualTo(Duration.ofMillis(200L * place));
        assertThat(state(other)).isEqualTo(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);
        assertThat(dbos.redriveWorkflows(WorkflowFilter.all())).containsExactly(other.workflowId());
    }

    @Test
    void aRedrivenOneWhoseExecutorDiesGoesOnElsewhere() throws InterruptedException {
        dbos.registerQueue(QUEUE.retries(RetryPolicy.attempts(1)).attemptTimeout(Duration.ofMillis(200)));
        jobs.failures.set(1);
        var handle = dbos.enqueueWorkflow("queue", jobs::held);
        awaitDeath(handle);
        dbos.registerQueue(QUEUE);
        dbos.close();
        var lost = new Jobs();
        lost.failures.set(1);
        try (var victim = MortalRuntime.launch(config(), lost)) {
            victim.dbos().redriveWorkflow(handle.workflowId());
            lost.reached.await();
            victim.kill();
            dbos = DBOS.launch(config(), jobs);
            var redriven = dbos.retrieveWorkflow(handle.workflowId(), String.class);

            assertThat(redriven.getResult(LONG)).isEqualTo("done");
            assertThat(jobs.ledger).containsExactly("before", "hold", "hold");
            assertThat(lost.ledger).containsExactly("hold");
        }
    }

    @Test
    void ofAPurgedDeadLetterNothingIsLeft() {
        var handle = dead("a");
        var id = handle.workflowId();

        assertThat(dbos.purgeWorkflow(id)).isTrue();
        assertThatThrownBy(() -> dbos.getWorkflow(id)).isInstanceOf(NoSuchWorkflowException.class);
        assertThatThrownBy(() -> dbos.purgeWorkflow(id)).isInstanceOf(NoSuchWorkflowException.class);
        assertThatThrownBy(() -> dbos.redriveWorkflow(id)).isInstanceOf(NoSuchWorkflowException.class);
        assertThat(stats("queue").deadLetters()).isZero();
        assertThat(dbos.with(WorkflowOptions.id(id)).enqueueWorkflow("queue", jobs::flaky, "new").getResult(LONG)).isEqualTo("new");
        assertThat(jobs.ledger).containsExactly("before", "flaky new");
    }

    @Test
    void manyArePurgedAndWhatIsNoDeadLetterStays() {
        var first = dead("a");
        var second = dead("b");
        var alive = dbos.enqueueWorkflow("queue", jobs::flaky, "alive");
        alive.getResult(LONG);

        assertThat(dbos.purgeWorkflows(WorkflowFilter.all().limit(1))).containsExactly(second.workflowId());
        assertThat(dbos.purgeWorkflows(WorkflowFilter.all())).containsExactly(first.workflowId());
        assertThat(dbos.listWorkflows(WorkflowFilter.all())).singleElement().extracting("workflowId").isEqualTo(alive.workflowId());
    }
}
