package dev.dbosj.store;

import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** What a command does besides recording its checkpoint. */
public sealed interface Effect {
    /** No effect. */
    Nothing NOTHING = new Nothing();

    /** No effect. */
    record Nothing() implements Effect {}

    /**
     * Inserts workflows, all or none. If it is guarded, it is refused when the queue of one would hold more that wait and
     * were never claimed than its {@link WorkflowQueue#bound()} says, and when somebody holds the key of one.
     *
     * @param workflows the new rows
     * @param join whether an id that exists with the same name is joined; otherwise it is refused. A row that exists
     *     with the same uid is a repeat of this very command and always fine.
     * @param guarded whether bounds, keys and times of start are kept; whoever knows that there are none is not held up by
     *     others who enqueue. What is inserted otherwise does not count against a bound.
     */
    record Insert(List<NewWorkflow> workflows, boolean join, boolean guarded) implements Effect {
        public Insert {
            for (var workflow : workflows)
                if (!guarded && (workflow.key() != null || workflow.startAt() != null))
                    throw new IllegalArgumentException("must be guarded: " + workflow);
        }

        /** Not guarded. */
        public Insert(List<NewWorkflow> workflows, boolean join) {
            this(workflows, join, false);
        }
    }

    /**
     * Gives a DELAYED workflow other arguments, and lets it wait for so long from now, but not beyond what its
     * {@linkplain WorkflowKey#longestDelay() key} says. Refused if it does not hold one of that kind any more.
     *
     * @param nonce as of {@link Change}
     * @param input arguments as JSON
     */
    record Debounce(long nonce, String workflowId, Duration delay, String input) implements Effect {}

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

    /**
     * The owner's attempt has failed; needs PENDING. Its error is kept among the last 100 of the workflow.
     *
     * <p>With a pause there is another attempt: the record of the step that was its undoing, an error, is removed, the epoch
     * is raised, the workflow is DELAYED for so long, and the times it lost its executor are forgotten. Without one it ends
     * as a dead letter under that error and keeps its records; the step is forgotten when it is resumed or redriven.
     *
     * @param error JSON
     * @param step the operation whose recorded error was the workflow's undoing; null if none was
     * @param pause how long the next attempt waits; null if there is none
     */
    record Fail(String error, Integer step, Duration pause) implements Effect {}

    /**
     * Sets the latest value of one of the owner's events; needs PENDING.
     *
     * @param key the name of the event
     * @param value JSON
     */
    record SetEvent(String key, String value) implements Effect {}

    /**
     * Sends a message to a workflow, in whatever state it is; refused if there is none of that id. Nothing happens if
     * that workflow was sent one of the same id before, received or not.
     *
     * @param workflowId the workflow that is to receive it
     * @param messageId tells it from all others that are sent to that workflow
     * @param topic what it is about; empty for nothing in particular
     * @param message JSON
     */
    record Send(String workflowId, String messageId, String topic, String message) implements Effect {}

    /**
     * Receives a message that was sent to the owner's workflow: it is there no more; needs PENDING. Refused if there is
     * none of that id, or it was received before. Comes with the checkpoint that keeps the message.
     */
    record Receive(String messageId) implements Effect {}

    /**
     * Amends workflows and their descendants. Fails as a whole if an id does not exist.
     *
     * @param nonce a number that nobody else draws: a command that comes again with it, as after a lost answer, changes
     *     nothing and is answered as the first one was
     */
    record Change(long nonce, List<String> workflowIds, Amendment amendment) implements Effect {}

    /**
     * Makes dead letters ENQUEUED, or DELAYED, at their old places, with their attempts forgotten; what is none stays as it
     * is. Answered with the ids of those that were. With a first step all records from it on are removed, and the children
     * that the workflow has started there under ids of the engine's choice, with their descendants; refused as a whole if
     * one of these has not ended, or its epoch is above 1: then somebody who was stopped may still run it, under an epoch
     * that its successor would get. Otherwise the step that was the workflow's undoing is forgotten.
     *
     * @param nonce as of {@link Change}
     */
    record Redrive(long nonce, List<Redriven> workflows) implements Effect {}

    /**
     * A dead letter to be tried again.
     *
     * @param workflowId its id
     * @param pause how long it waits before it can be claimed; zero for not at all
     * @param fromStep the first step that is to run again; null to go on where it failed
     * @param input its arguments as JSON; null for the same again
     */
    record Redriven(String workflowId, Duration pause, Integer fromStep, String input) {}

    /**
     * Removes dead letters and all that is recorded about them; their children have no parent any more. What is no dead
     * letter stays, and so does one whose parent has not ended for good: it
     * may be waited for. Answered with the ids of those that
     * were removed.
     *
     * @param nonce as of {@link Change}
     */
    record Purge(long nonce, List<String> workflowIds) implements Effect {}

    /**
     * Writes or replaces the definition of a queue.
     *
     * @param nonce as of {@link Change}
     */
    record Define(long nonce, WorkflowQueue queue) implements Effect {}

    /**
     * Lets a queue take or give no more, or do so again. Refused if there is no queue of that name.
     *
     * @param nonce as of {@link Change}
     */
    record Steer(long nonce, String queueName, QueueState state) implements Effect {}

    /**
     * Whether applying it may have to wait for a transaction of somebody else: it touches rows that are not the
     * owner's, or ids that others may choose too. Such commands never hold up the checkpoints of this process.
     */
    default boolean meetsStrangers() {
        return switch (this) {
            case Insert insert -> insert.join() || insert.guarded();
            case Debounce debounce -> true;
            case Send send -> true;
            case Change change -> true;
            case Redrive redrive -> true;
            case Purge purge -> true;
            case Define define -> true;
            case Steer steer -> true;
            case Nothing nothing -> false;
            case SetEvent event -> false;
            case Receive receive -> false;
            case Finish finish -> false;
            case Release release -> false;
            case Fail fail -> false;
        };
    }

    /** What a user may do to a workflow. */
    enum Amendment {
        /** What is not terminal becomes CANCELLED. An owner keeps it until it has let go. */
        CANCEL,
        /**
         * CANCELLED and dead letters become ENQUEUED with their attempts reset; one that still has an owner when that
         * owner lets go. The step that was the undoing of a dead letter is forgotten, as by {@link Redrive}.
         */
        RESUME
    }
}
