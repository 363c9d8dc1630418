package dev.dbosj.run;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;

/**
 * A workflow that starts a child which may be refused: what comes of it is recorded under one step number.
 *
 * @param committed told of the inserted row, on the writer's thread, right after the commit
 */
record Parent(WorkflowRun run, int step, String name, Instant startedAt, BiConsumer<NewWorkflow, Outcome> committed)
        implements Admission.Applicant {
    @Override
    public Outcome submit(Effect effect, String workflowId) {
        run.barrier();
        var checkpoint = new Checkpoint(step, name, null, null, workflowId, startedAt, run.journal().now());
        var pending = run.journal().append(checkpoint, effect);
        if (effect instanceof Effect.Insert insert)
            pending.onCommit(outcome -> insert.workflows().forEach(row -> committed.accept(row, outcome)));
        var outcome = pending.await();
        if (outcome instanceof Outcome.Refused refused && isForTheWorkflow(refused.reason())) run.journal().reopen();
        else run.barrier();
        return outcome;
    }

    private static boolean isForTheWorkflow(Outcome.Reason reason) {
        return switch (reason) {
            case ID_TAKEN, QUEUE_FULL, KEY_HELD, TOO_LATE -> true;
            case BAD_DATA, STEP_TAKEN, NO_SUCH_WORKFLOW, STILL_ACTIVE, NO_SUCH_QUEUE, NO_SUCH_MESSAGE -> false;
        };
    }

    @Override
    public void found(String workflowId) {
        run.record(step, name, null, null, workflowId, startedAt);
    }

    @Override
    public void pause(Duration duration) {
        run.await(() -> false, duration);
    }
}
