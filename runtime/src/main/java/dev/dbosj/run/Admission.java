package dev.dbosj.run;

import dev.dbosj.exceptions.DuplicateWorkflowException;
import dev.dbosj.exceptions.QueueFullException;
import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.time.Seams;
import dev.dbosj.workflow.Deduplication;
import dev.dbosj.workflow.WorkflowOptions;
import java.time.Duration;

/**
 * What becomes of workflows that the database does not take as they come: it waits for room on a full queue, and finds
 * who holds a key. Thread-safe.
 */
final class Admission {
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

    /** Who asks: somebody outside, or a workflow, which records what comes of it. */
    interface Applicant {
        /** Hands an effect in and waits for the answer. @param workflowId whom the caller gets a handle to if it is applied */
        Outcome submit(Effect effect, String workflowId);

        /** Nothing is started: the caller gets a handle to that workflow. */
        void found(String workflowId);

        /** Waits for so long. */
        void pause(Duration duration);
    }

    /**
     * The last answer.
     *
     * @param existing the workflow that is there instead of the one that was to be inserted; null for none
     */
    record Decision(Outcome outcome, String existing) {}

    private final KnownQueues queues;
    private final Seams seams;

    Admission(KnownQueues queues, Seams seams) {
        this.queues = queues;
        this.seams = seams;
    }

    /**
     * Inserts workflows of one queue.
     *
     * @throws QueueFullException if there was no room in time
     * @throws DuplicateWorkflowException if the key is held, and nothing else is wanted
     */
    Decision decide(Applicant applicant, Effect.Insert insert, WorkflowOptions options) {
        var first = insert.workflows().getFirst();
        Long deadline = null;
        while (true) {
            var outcome = applicant.submit(insert, first.workflowId());
            if (outcome instanceof Outcome.Refused refused && refused.reason() == Outcome.Reason.QUEUE_FULL) {
                if (deadline == null) deadline = deadline(first.queueName());
                awaitRoom(applicant, insert, Long.parseLong(refused.detail()), deadline);
            } else if (outcome instanceof Outcome.Refused refused && refused.reason() == Outcome.Reason.KEY_HELD) {
                var decision = existing(applicant, first, refused.detail(), options);
                if (!isTooLate(decision.outcome())) return decision;
            } else {
                return new Decision(outcome, null);
            }
        }
    }

    /** The holder has lost the key meanwhile. */
    private static boolean isTooLate(Outcome outcome) {
        return outcome instanceof Outcome.Refused refused && refused.reason() == Outcome.Reason.TOO_LATE;
    }

    private long deadline(String queueName) {
        var bound = queues.bound(queueName);
        return seams.time().nanos() + (bound == null ? 0 : bound.block().toNanos());
    }

    private void awaitRoom(Applicant applicant, Effect.Insert insert, long depth, long deadline) {
        var queueName = insert.workflows().getFirst().queueName();
        int more = insert.workflows().size();
        var wait = queues.untilRoomFor(more, queueName);
        var left = Duration.ofNanos(deadline - seams.time().nanos());
        if (!left.isPositive())
            throw new QueueFullException(
                    "queue '%s' is full: %d workflows wait, and there is no room for %d more; try again in %s"
                            .formatted(queueName, depth, more, wait),
                    depth,
                    wait);
        applicant.pause(shortest(wait, shortest(left, LONGEST_PAUSE)));
    }

    private static Duration shortest(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Decision existing(Applicant applicant, NewWorkflow row, String holder, WorkflowOptions options) {
        if (options.debounce() != null) {
            var debounce = new Effect.Debounce(seams.ids().uid(), holder, row.delay(), row.input());
            return new Decision(applicant.submit(debounce, holder), holder);
        }
        if (options.deduplication().policy() == Deduplication.Policy.REJECT)
            throw new DuplicateWorkflowException(
                    "'%s' was not accepted: workflow %s is active on queue '%s' under deduplication id '%s'"
                            .formatted(row.name(), holder, row.queueName(), row.key().value()),
                    holder);
        applicant.found(holder);
        return new Decision(Outcome.APPLIED, holder);
    }
}
