package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workflows that fail or hang: what is tried again, and what ends as a dead letter. */
@Timeout(60)
class AttemptTest extends AttemptFixture {
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
        dbos.registerQueue(QUEUE.retries(THREE.abortOn(FailingJobs.Gone.class)));

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
        var lost = new FailingJobs();
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
        var lost = new FailingJobs();
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
}
