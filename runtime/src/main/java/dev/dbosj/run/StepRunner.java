package dev.dbosj.run;

import dev.dbosj.code.StepDefinition;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.json.JsonCodec.Stored;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.time.Signals;
import dev.dbosj.workflow.Functions.Func0;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a step, or replays it. A body begins only when all that the run issued before is durable and its lease holds;
 * its outcome is recorded, and what the workflow sees is what a replay would see.
 */
public final class StepRunner {
    private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);
    private static final Duration GATE_POLL = Duration.ofMillis(100);

    private final Collaborators with;
    private final BodyGate gate;

    public StepRunner(Collaborators with, BodyGate gate) {
        this.with = with;
        this.gate = gate;
    }

    /** Runs the step for the workflow of the calling thread. */
    public Object run(WorkflowRun run, StepDefinition step, Func0<?, ?> body) throws Throwable {
        var name = step.options().name();
        int number = run.beginOperation();
        var recorded = run.recorded(number, name);
        if (recorded != null) return replay(recorded, step);

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

    private Object replay(Checkpoint recorded, StepDefinition step) throws Throwable {
        if (recorded.error() != null) throw with.errors().decode(recorded.error(), step.exceptions());
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
        return with.errors().decode(error, step.exceptions());
    }

    private Object attempts(WorkflowRun run, int number, StepDefinition step, Func0<?, ?> body) throws Throwable {
        var options = step.options();
        var earlier = new ArrayList<Throwable>();
        for (int attempt = 1; ; attempt++) {
            awaitPermission(run);
            LOG.debug("step {} '{}', attempt {}", number, options.name(), attempt);
            with.seams().signals().reached(Signals.Point.STEP_BEGINS, options.name());
            try {
                return attempt(run, number, attempt, body);
            } catch (Unwind unwind) {
                throw unwind;
            } catch (Throwable failure) { // boundary: user code
                boolean again = attempt < options.maxAttempts() && !isVirtualMachineFailure(failure) && options.retryOn().test(failure);
                if (!again) {
                    earlier.stream().filter(suppressed -> suppressed != failure).forEach(failure::addSuppressed);
                    throw failure;
                }
                earlier.add(failure);
                run.await(() -> false, Retries.pauseAfter(attempt, options, with.seams().ids().chance()));
            }
        }
    }

    private static Object attempt(WorkflowRun run, int number, int attempt, Func0<?, ?> body) throws Throwable {
        run.body().open(number, attempt);
        Object value = null;
        Throwable failure = null;
        try {
            value = body.call();
        } catch (Throwable thrown) { // boundary: user code
            failure = thrown;
        }
        boolean interrupted = run.body().close();
        if (failure == null) return value;
        // What an interrupt by the runtime made of the body is not the step's outcome.
        if (interrupted) run.checkEnd();
        throw failure;
    }

    private void awaitPermission(WorkflowRun run) {
        run.barrier();
        var executorId = run.journal().chain().executorId();
        while (!gate.mayBegin(executorId)) run.await(() -> gate.mayBegin(executorId), GATE_POLL);
        run.checkEnd();
    }

    private static boolean isVirtualMachineFailure(Throwable failure) {
        return failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError);
    }
}
