package dev.dbosj.run;

import dev.dbosj.code.WorkflowDefinition;
import dev.dbosj.exceptions.AttemptTimeoutException;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.StepFailedException;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.WorkflowConflictException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import dev.dbosj.time.Bell;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of a run that fails: another attempt, a dead letter, or an error. Belongs to the run's own thread. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
    private static final Duration READ_AGAIN = Duration.ofMillis(200);

    private final ClaimedWorkflow claimed;
    private final WorkflowDefinition definition;
    private final Collaborators with;
    private final KnownQueues queues;
    private final Bell bell;
    private final BooleanSupplier mustLeave;
    private final Undoing undoing = new Undoing();

    /**
     * @param bell rung when the run must leave
     * @param mustLeave whether it has no time to wait for a database that is away
     */
    Failures(
            ClaimedWorkflow claimed, WorkflowDefinition definition, Collaborators with, KnownQueues queues, Bell bell,
            BooleanSupplier mustLeave) {
        this.claimed = claimed;
        this.definition = definition;
        this.with = with;
        this.queues = queues;
        this.bell = bell;
        this.mustLeave = mustLeave;
    }

    /** An operation throws what is recorded for it. @param begun how many operations were begun by then */
    void threw(int step, int begun, String error, Throwable exception) {
        var name = exception instanceof StepFailedException ? with.errors().nameIn(error) : null;
        undoing.threw(step, begun, name, exception);
    }

    /**
     * How a run ends whose method has thrown. Null if it must leave before that is known.
     *
     * @param begun how many operations it has begun
     */
    Effect of(Throwable failure, int begun) {
        var policy = policy();
        if (policy == null) return new Effect.Finish(WorkflowState.ERROR, null, encoded(failure));
        var culprit = undoing.of(failure);
        if (culprit == null) return failed(policy, failure, names(failure, null), null);
        boolean handled = culprit.begun() != begun;
        return handled ? dead(failure) : failed(policy, failure, names(failure, culprit), culprit.step());
    }

    private RetryPolicy policy() {
        if (definition.retries() != null) return definition.retries();
        var queue = queues.find(claimed.queueName());
        return queue == null ? null : queue.retries();
    }

    private Effect failed(RetryPolicy policy, Throwable failure, Set<String> names, Integer step) {
        var failures = policy.maxAttempts() == 1 ? Integer.valueOf(0) : failures();
        if (failures == null) return null;
        boolean again = failures + 1 < policy.maxAttempts() && policy.isWorthAnother(names);
        if (!again) return new Effect.Fail(encoded(failure), step, null);
        var backoff = new Backoff(policy.interval(), policy.backoffRate(), policy.maxInterval(), policy.jitter());
        var pause = backoff.after(failures + 1, with.seams().ids().chance());
        LOG.info("workflow {} '{}' failed with {}; attempt {} of {} follows in {}",
                workflowId(), claimed.name(), failure, failures + 2, policy.maxAttempts(), pause);
        return new Effect.Fail(encoded(failure), step, pause);
    }

    /** How many attempts have failed before; null if the run must leave before that is known. */
    private Integer failures() {
        if (!claimed.hasHistory()) return 0;
        while (!mustLeave.getAsBoolean()) {
            try {
                var attempts = with.seams().threads().callDatabase(() -> with.database().attempts(workflowId()));
                return attempts.isEmpty() || attempts.getLast().dead() ? 0 : attempts.getLast().attempt();
            } catch (SystemDatabaseException away) {
                if (away.kind() == SystemDatabaseException.Kind.REFUSED) throw away;
                LOG.debug("workflow {} reads again in {}: {}", workflowId(), READ_AGAIN, away.getMessage());
                bell.await(READ_AGAIN);
            }
        }
        return null;
    }

    /** The class of the exception and all its superclasses, and the one that it stands for. */
    private static Set<String> names(Throwable failure, Undoing.Thrown culprit) {
        var names = new HashSet<String>();
        for (Class<?> type = failure.getClass(); type != null; type = type.getSuperclass()) names.add(type.getName());
        if (culprit != null && culprit.recordedName() != null && culprit.exception().get() == failure)
            names.add(culprit.recordedName());
        return names;
    }

    /** Its record and its code, or its data, do not go together: no attempt of the same code is better. */
    Effect ofBroken(Throwable failure) {
        return policy() == null ? new Effect.Finish(WorkflowState.ERROR, null, encoded(failure)) : dead(failure);
    }

    /** The attempt has taken too long. Null if the run must leave before it is known what follows. */
    Effect ofTimeout() {
        var failure = new AttemptTimeoutException("an attempt of workflow %s '%s' lasted longer than the time-out of queue '%s'"
                .formatted(workflowId(), claimed.name(), claimed.queueName()));
        var policy = policy();
        return policy == null ? dead(failure) : failed(policy, failure, names(failure, null), null);
    }

    /** It has lost its executor too often. */
    Effect ofLosses() {
        var reason = new WorkflowFailedException(
                ("workflow %s lost its executor %d times without completing another step, more than the %d attempts that '%s' allows."
                        + " Look at its steps, remove the cause, then resume it.")
                        .formatted(workflowId(), claimed.attempts(), definition.maxRecoveryAttempts(), definition.name()));
        LOG.error("{}", reason.getMessage());
        return dead(reason);
    }

    private Effect dead(Throwable failure) {
        return new Effect.Fail(encoded(failure), null, null);
    }

    DBOSException explained(Outcome.Refused refused) {
        var message = "workflow %s: %s".formatted(workflowId(), refused.detail());
        return switch (refused.reason()) {
            case ID_TAKEN -> new WorkflowConflictException(message + "; choose another workflow id");
            case BAD_DATA -> new PayloadException("the system database cannot store what " + message);
            case STEP_TAKEN, NO_SUCH_WORKFLOW, STILL_ACTIVE, NO_SUCH_QUEUE, NO_SUCH_MESSAGE, QUEUE_FULL, KEY_HELD, TOO_LATE ->
                new SystemDatabaseException(SystemDatabaseException.Kind.REFUSED, message);
        };
    }

    private String encoded(Throwable failure) {
        try {
            return with.errors().encode(failure);
        } catch (PayloadException tooLarge) {
            return with.errors().encode(tooLarge);
        }
    }

    private String workflowId() {
        return claimed.owner().workflowId();
    }
}
