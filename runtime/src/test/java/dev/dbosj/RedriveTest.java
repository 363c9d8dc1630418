package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.WorkflowActiveException;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.Redrive;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What can be done with dead letters. */
@Timeout(60)
class RedriveTest extends AttemptFixture {
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
        var lost = new FailingJobs();
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
