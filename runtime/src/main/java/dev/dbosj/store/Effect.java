package dev.dbosj.store;

import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Instant;
import java.util.List;

/** What a command does besides recording its checkpoint. */
public sealed interface Effect {
    /** No effect. */
    Nothing NOTHING = new Nothing();

    /** No effect. */
    record Nothing() implements Effect {}

    /**
     * Inserts workflows, all or none.
     *
     * @param workflows the new rows
     * @param join whether an id that exists with the same name is joined; otherwise it is refused. A row that exists
     *     with the same uid is a repeat of this very command and always fine.
     */
    record Insert(List<NewWorkflow> workflows, boolean join) implements Effect {}

    /** Ends the owner's run for good; needs PENDING. */
    record Finish(WorkflowState status, String output, String error) implements Effect {
        public Finish {
            if (!status.isTerminal() || status == WorkflowState.CANCELLED)
                throw new IllegalArgumentException("a run cannot finish as " + status);
        }
    }

    /**
     * The owner lets go without an outcome. The epoch is raised; PENDING becomes ENQUEUED at its old place, or DELAYED;
     * CANCELLED stays unless a resume was requested meanwhile.
     *
     * @param until not to be claimed before; null for at once
     * @param countAttempt whether it counts as an attempt, unless a checkpoint was made since the last that counted
     */
    record Release(Instant until, boolean countAttempt) implements Effect {}

    /** Amends workflows and their descendants. Fails as a whole if an id does not exist. */
    record Change(List<String> workflowIds, Amendment amendment) implements Effect {}

    /** Writes or replaces the definition of a queue. */
    record Define(WorkflowQueue queue) implements Effect {}

    /** What a user may do to a workflow. */
    enum Amendment {
        /** What is not terminal becomes CANCELLED. An owner keeps it until it has let go. */
        CANCEL,
        /**
         * CANCELLED and dead letters become ENQUEUED with their attempts reset; one that still has an owner when that
         * owner lets go.
         */
        RESUME
    }
}
