package dev.dbosj.run;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.WorkflowActiveException;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Hint;
import dev.dbosj.store.Outcome;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.Redrive;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What is done with dead letters from outside. Thread-safe. */
public final class DeadLetters {
    private static final int ROWS_PER_COMMIT = 1000;

    private final Collaborators with;

    public DeadLetters(Collaborators with) {
        this.with = with;
    }

    /** Lets one be tried again. @return whether it was a dead letter */
    public boolean redrive(String workflowId, Redrive how) {
        CurrentWorkflow.refuseOutsideSteps("redriving workflow " + workflowId);
        requireExisting(workflowId);
        var one = new Effect.Redriven(workflowId, how.delay(), how.fromStep(), encoded(how.arguments()));
        return !redrive(List.of(one)).isEmpty();
    }

    private String encoded(List<Object> arguments) {
        if (arguments == null) return null;
        var types = arguments.stream().map(JsonCodec::plainTypeOf).toArray(Type[]::new);
        return with.json().encodeArguments(arguments.toArray(), types);
    }

    /**
     * Lets many be tried again.
     *
     * @param rate so many in any such time; null for all at once
     * @return the ids of those that were dead letters still
     */
    public List<String> redrive(WorkflowFilter filter, RateLimit rate) {
        CurrentWorkflow.refuseOutsideSteps("redriving workflows");
        var dead = deadLetters(filter);
        var redriven = new ArrayList<Effect.Redriven>(dead.size());
        for (var id : dead) redriven.add(new Effect.Redriven(id, pause(rate, redriven.size()), null, null));
        return inParts(redriven, this::redrive);
    }

    private static Duration pause(RateLimit rate, int place) {
        return rate == null ? Duration.ZERO : rate.period().multipliedBy(place).dividedBy(rate.starts());
    }

    private List<String> redrive(List<Effect.Redriven> dead) {
        var redriven = commit("redriven", new Effect.Redrive(with.seams().ids().uid(), dead));
        with.news().share(Hint.WORK);
        return redriven;
    }

    /** Removes one. @return whether that was possible */
    public boolean purge(String workflowId) {
        CurrentWorkflow.refuseOutsideSteps("purging workflow " + workflowId);
        requireExisting(workflowId);
        return !purge(List.of(workflowId)).isEmpty();
    }

    /** Removes many. @return the ids of those that are gone now */
    public List<String> purge(WorkflowFilter filter) {
        CurrentWorkflow.refuseOutsideSteps("purging workflows");
        return inParts(deadLetters(filter), this::purge);
    }

    private List<String> purge(List<String> dead) {
        return commit("purged", new Effect.Purge(with.seams().ids().uid(), dead));
    }

    private List<String> deadLetters(WorkflowFilter filter) {
        var dead = filter.states(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED).payloads(false);
        return with.seams().threads().callDatabase(() -> with.database().workflows(dead)).stream()
                .map(WorkflowStatus::workflowId)
                .toList();
    }

    private void requireExisting(String workflowId) {
        WorkflowOptions.requireName("workflow id", workflowId);
        if (with.seams().threads().callDatabase(() -> with.database().workflow(workflowId)) == null)
            throw new NoSuchWorkflowException("there is no workflow " + workflowId);
    }

    private static <T> List<String> inParts(List<T> all, Function<List<T>, List<String>> commit) {
        var changed = new ArrayList<String>();
        for (int from = 0; from < all.size(); from += ROWS_PER_COMMIT)
            changed.addAll(commit.apply(List.copyOf(all.subList(from, Math.min(all.size(), from + ROWS_PER_COMMIT)))));
        return changed;
    }

    private List<String> commit(String what, Effect effect) {
        return switch (with.commits().commit(effect)) {
            case Outcome.Applied applied -> applied.ids();
            case Outcome.Refused refused when refused.reason() == Outcome.Reason.STILL_ACTIVE ->
                throw new WorkflowActiveException(
                        ("nothing was %s: workflow %s, which was started from there, or by such a one, has not ended or was taken up more"
                                + " than once; redrive it from a later step").formatted(what, refused.detail()));
            case Outcome.Refused refused ->
                throw new PayloadException("nothing was %s: the system database cannot store it: %s".formatted(what, refused.detail()));
            case Outcome.Fenced fenced -> throw new MisuseException("nothing was " + what + ": the runtime is closed");
            case Outcome.Cancelled cancelled -> throw new IllegalStateException("a change from outside cannot be cancelled");
        };
    }
}
