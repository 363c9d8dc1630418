package dev.dbosj.run;

import dev.dbosj.code.StepDefinition;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.StepTimeoutException;
import dev.dbosj.json.JsonCodec.Stored;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.time.Alarms;
import dev.dbosj.time.Alarms.Alarm;
import dev.dbosj.time.Signals;
import dev.dbosj.workflow.Functions.Func0;
import dev.dbosj.workflow.StepOptions;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a step, or replays it. A body begins only when all that the run issued before is durable and its lease holds;
 * its outcome is recorded, and what the workflow sees is what a replay would see.
 */
public final class StepRunner {
    private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);
    private static final Duration GATE_POLL = Duration.ofMillis(100);
    /** How long a body may take to obey an interrupt before somebody should hear of it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Collaborators with;
    private final BodyGate gate;
    private final Alarms alarms;
    private final Batches batches;

    public StepRunner(Collaborators with, BodyGate gate, Alarms alarms) {
        this.with = with;
        this.gate = gate;
        this.alarms = alarms;
        this.batches = new Batches(with.seams(), gate, alarms);
    }

    /** Runs the step for the workflow of the calling thread. */
    public Object run(WorkflowRun run, StepDefinition step, Func0<?, ?> body) throws Throwable {
        var name = step.options().name();
        int number = run.beginOperation();
        var recorded = run.recorded(number, name);
        if (recorded != null) return replay(run, recorded, step);

        var startedAt = run.journal().now();
        Stored outcome;
        try {
            outcome = with.json().roundTrip(attempts(run, number, step, body), step.resultType());
        } catch (Unwind unwind) {
            throw unwind;
        } catch (Throwable failure) { // boundary: user code
            if (isVirtualMachineFailure(failure)) {
                run.crashed((VirtualMachineError) failure);
                throw failure;
            }
            throw failed(run, number, step, failure, startedAt);
        }
        with.seams().signals().reached(Signals.Point.STEP_ENDED, name);
        run.record(number, name, outcome.json(), null, null, startedAt);
        return outcome.value();
    }

    /**
     * Runs a step that the workflow of the calling thread takes together with others. Its last attempt, if it is not the
     * only one, it makes alone.
     */
    public <A, R> Object runInBatch(WorkflowRun run, StepDefinition step, BatchBody<A, R> body, A value) throws Throwable {
        var options = step.options();
        return run(run, step, () -> {
            int attempt = run.currentStep().attempt();
            boolean alone = attempt > 1 && attempt == options.maxAttempts();
            while (true) {
                var item = batches.join(run, options.name(), body, alone, value);
                if (item.await()) return item.outcome();
                awaitPermission(run);
            }
        });
    }

    private Object replay(WorkflowRun run, Checkpoint recorded, StepDefinition step) throws Throwable {
        if (recorded.error() != null)
            throw run.threw(recorded.step(), recorded.error(), with.errors().decode(recorded.error(), step.exceptions()));
        return with.json().decode(recorded.output(), step.resultType());
    }

    /** Records the failure and returns it as a replay would. */
    private Throwable failed(WorkflowRun run, int number, StepDefinition step, Throwable failure, Instant startedAt) {
        String error;
        try {
            error = with.errors().encode(failure);
        } catch (PayloadException tooLarge) {
            error = with.errors().encode(tooLarge);
        }
        with.seams().signals().reached(Signals.Point.STEP_ENDED, step.options().name());
        run.record(number, step.options().name(), null, error, null, startedAt);
        return run.threw(number, error, with.errors().decode(error, step.exceptions()));
    }

    private Object attempts(WorkflowRun run, int number, StepDefinition step, Func0<?, ?> body) throws Throwable {
        var options = step.options();
        var retries = new Retries(options);
        while (true) {
            awaitPermission(run);
            LOG.debug("step {} '{}', attempt {}", number, options.name(), retries.attempt());
            with.seams().signals().reached(Signals.Point.STEP_BEGINS, options.name());
            try {
                return attempt(run, number, retries.attempt(), options, body);
            } catch (Throwable failure) { // boundary: user code
                if (!isOutcome(failure)) throw failure;
                if (!retries.goOnAfter(failure)) throw retries.concluding(failure);
                var pause = retries.pause(with.seams().ids().chance());
                LOG.info("step {} '{}' failed with {}; attempt {} of {} follows in {}",
                        number, options.name(), failure, retries.attempt(), options.maxAttempts(), pause);
                run.await(() -> false, pause);
            }
        }
    }

    private Object attempt(WorkflowRun run, int number, int attempt, StepOptions options, Func0<?, ?> body) throws Throwable {
        Object value = null;
        Throwable failure = null;
        Alarm timeout = null;
        long opening = run.body().open(number, attempt);
        try {
            // Whoever stopped the run before the body was open has interrupted nobody.
            run.checkEnd();
            if (options.timeout() != null) timeout = alarms.after(options.timeout(), () -> timeOut(run, opening, options));
            value = body.call();
        } catch (Throwable thrown) { // boundary: user code
            failure = thrown;
        }
        run.body().close();
        if (timeout != null) timeout.cancel();
        if (run.body().hasTimedOut() && (failure == null || isOutcome(failure)))
            failure = timedOut(run, number, attempt, options, failure);
        if (failure == null) return value;
        // What an interrupt by the runtime made of the body is not the step's outcome.
        if (run.body().wasInterrupted()) run.checkEnd();
        throw failure;
    }

    /** On the thread of the alarms. */
    private void timeOut(WorkflowRun run, long opening, StepOptions options) {
        if (!run.body().timeOut(opening)) return;
        alarms.after(PATIENCE, () -> {
            if (run.body().isOpen(opening))
                LOG.warn("step '{}' of workflow {} was interrupted after its time-out of {}, and {} later it is still running:"
                        + " it ignores the interrupt, and the workflow can only wait for it",
                        options.name(), run.workflowId(), options.timeout(), PATIENCE);
        });
    }

    private static StepTimeoutException timedOut(
            WorkflowRun run, int number, int attempt, StepOptions options, Throwable thrown) {
        var message = "attempt %d of step %d '%s' of workflow %s lasted longer than its time-out of %s"
                .formatted(attempt, number, options.name(), run.workflowId(), options.timeout());
        return thrown == null
                ? new StepTimeoutException(message + "; the value that it returned after that is discarded")
                : new StepTimeoutException(message, thrown);
    }

    private void awaitPermission(WorkflowRun run) {
        run.barrier();
        var executorId = run.journal().chain().executorId();
        while (!gate.mayBegin(executorId)) run.await(() -> gate.mayBegin(executorId), GATE_POLL);
        run.checkEnd();
    }

    /** Whether it is something that the body has come to, and not the end of the run. */
    private static boolean isOutcome(Throwable failure) {
        return !(failure instanceof Unwind) && !isVirtualMachineFailure(failure);
    }

    private static boolean isVirtualMachineFailure(Throwable failure) {
        return failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError);
    }
}
