package dev.dbosj.run;

import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.time.Bell;
import java.time.Duration;
import java.util.function.BiConsumer;

/**
 * Code outside of any workflow, or in a step, that starts something.
 *
 * @param committed told of each inserted row, on the writer's thread, right after the commit
 */
record Outsider(Collaborators with, BiConsumer<NewWorkflow, Outcome> committed) implements Admission.Applicant {
    @Override
    public Outcome submit(Effect effect, String workflowId) {
        var pending = with.commits().submitOutside(effect);
        if (effect instanceof Effect.Insert insert)
            pending.onCommit(outcome -> insert.workflows().forEach(row -> committed.accept(row, outcome)));
        return pending.await();
    }

    @Override
    public void found(String workflowId) {}

    @Override
    public void pause(Duration duration) {
        try {
            new Bell(with.seams().time()).awaitInterruptibly(duration);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new DBOSException("interrupted while there was no room on the queue; nothing was started", interrupt);
        }
    }
}
