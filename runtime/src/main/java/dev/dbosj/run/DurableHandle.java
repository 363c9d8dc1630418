package dev.dbosj.run;

import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.ResultTimeoutException;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.WorkflowResult;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowStatus;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A handle that knows how to read the result; inside a workflow the answer is a checkpoint. */
final class DurableHandle<R> implements WorkflowHandle<R> {
    private static final Logger LOG = LoggerFactory.getLogger(DurableHandle.class);
    private static final String GET_RESULT = "DBOS.getResult";

    private final String workflowId;
    private final Type resultType;
    private final List<Class<? extends Throwable>> exceptions;
    private final Collaborators with;
    private final Consumer<String> canceller;

    DurableHandle(
            String workflowId, Type resultType, List<Class<? extends Throwable>> exceptions, Collaborators with, Consumer<String> canceller) {
        this.workflowId = workflowId;
        this.resultType = resultType;
        this.exceptions = exceptions;
        this.with = with;
        this.canceller = canceller;
    }

    @Override
    public String workflowId() {
        return workflowId;
    }

    @Override
    public R getResult() {
        return result(null);
    }

    @Override
    public R getResult(Duration timeout) {
        return result(OutsideWait.requireTimeout(timeout));
    }

    private R result(Duration timeout) {
        var run = CurrentWorkflow.outsideStepsOrNull("getResult of workflow " + workflowId);
        return run == null ? value(awaitOutside(timeout), timeout) : recordedResult(run, timeout);
    }

    private R recordedResult(WorkflowRun run, Duration timeout) {
        int step = run.beginOperation();
        var recorded = run.recorded(step, GET_RESULT);
        if (recorded == null) {
            var startedAt = run.journal().now();
            var result = run.awaitResult(workflowId, timeout);
            var failure = failure(result, timeout);
            var error = failure == null ? null : with.errors().encode(failure);
            run.record(step, GET_RESULT, failure == null ? result.output() : null, error, workflowId, startedAt);
            return replayed(run, step, failure == null ? result.output() : null, error);
        }
        if (!Objects.equals(recorded.childId(), workflowId)) throw run.mismatch(step, GET_RESULT + " of " + recorded.childId(), GET_RESULT + " of " + workflowId);
        return replayed(run, step, recorded.output(), recorded.error());
    }

    private R replayed(WorkflowRun run, int step, String output, String error) {
        try {
            return decoded(output, error);
        } catch (RuntimeException failure) {
            throw error == null ? failure : run.threw(step, error, failure);
        }
    }

    @SuppressWarnings("unchecked")
    private R decoded(String output, String error) {
        if (error == null) return (R) with.json().decode(output, resultType);
        if (with.errors().decode(error, exceptions) instanceof RuntimeException failure) throw failure;
        throw new WorkflowFailedException("workflow " + workflowId + " failed: " + error);
    }

    private R value(WorkflowResult result, Duration timeout) {
        LOG.debug("result of {} has arrived", workflowId);
        var failure = failure(result, timeout);
        if (failure != null) throw failure;
        return decoded(result.output(), null);
    }

    /** What the result throws, or null. */
    private DBOSException failure(WorkflowResult result, Duration timeout) {
        if (result == null) return new ResultTimeoutException("workflow %s had not ended after %s; it goes on".formatted(workflowId, timeout));
        return switch (result.status()) {
            case SUCCESS -> null;
            case CANCELLED -> new WorkflowCancelledException("workflow " + workflowId + " was cancelled");
            case ERROR -> failed("workflow %s failed: ".formatted(workflowId), result);
            case MAX_RECOVERY_ATTEMPTS_EXCEEDED -> failed("workflow %s is a dead letter: ".formatted(workflowId), result);
            case ENQUEUED, DELAYED, PENDING -> throw new IllegalStateException(result + " is no result");
        };
    }

    private WorkflowFailedException failed(String message, WorkflowResult result) {
        var cause = with.errors().decode(result.error(), exceptions);
        return new WorkflowFailedException(message + cause, cause);
    }

    private WorkflowResult awaitOutside(Duration timeout) {
        var wanted = List.of(new Awaited.Result(workflowId));
        return new OutsideWait(with)
                .await(wanted, awaiting -> awaiting.result(workflowId) != null, timeout, "workflow " + workflowId)
                .result(workflowId);
    }

    @Override
    public WorkflowStatus getStatus() {
        CurrentWorkflow.refuseOutsideSteps("getStatus of workflow " + workflowId);
        var status = with.seams().threads().callDatabase(() -> with.database().workflow(workflowId));
        if (status == null) throw new NoSuchWorkflowException("there is no workflow " + workflowId);
        return status;
    }

    @Override
    public void cancel() {
        canceller.accept(workflowId);
    }
}
