package dev.dbosj.run;

import dev.dbosj.code.WorkflowDefinition;
import dev.dbosj.exceptions.DuplicateWorkflowException;
import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.QueueFullException;
import dev.dbosj.exceptions.QueueNotRegisteredException;
import dev.dbosj.exceptions.WorkflowConflictException;
import dev.dbosj.json.JsonCodec;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Hint;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.store.WorkflowKey;
import dev.dbosj.store.WorkflowResult;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a definition, arguments and options into a workflow row, from outside or as the child of a workflow. A queue
 * of null starts the workflow here and now. Thread-safe.
 */
public final class Starts {
    private static final Logger LOG = LoggerFactory.getLogger(Starts.class);
    private static final int ROWS_PER_COMMIT = 1000;

    private final Collaborators with;
    private final KnownQueues queues;
    private final WorkflowRuns runs;
    private final Supplier<String> executorId;
    private final Consumer<String> enqueued;
    private final Admission admission;

    /**
     * @param executorId the id under which this process claims; null while it does not
     * @param enqueued told of a queue after something on it was committed
     */
    public Starts(
            Collaborators with, KnownQueues queues, WorkflowRuns runs, Supplier<String> executorId, Consumer<String> enqueued) {
        this.with = with;
        this.queues = queues;
        this.runs = runs;
        this.executorId = executorId;
        this.enqueued = enqueued;
        this.admission = new Admission(queues, with.seams());
    }

    /** Starts one workflow. */
    public <R> WorkflowHandle<R> start(WorkflowDefinition definition, String queue, WorkflowOptions options, Object... arguments) {
        var run = CurrentWorkflow.orNull("starting " + definition.name());
        if (run == null || run.isInStep()) {
            if (run != null) refuseNamelessInStep(definition.name(), options);
            return startOutside(definition, queue, options, arguments);
        }
        return startChild(run, definition, queue, options, arguments);
    }

    /** Enqueues one workflow for each argument; from outside the rows are committed by the thousand. */
    public <R> List<WorkflowHandle<R>> startAll(
            WorkflowDefinition definition, String queue, WorkflowOptions options, Collection<?> arguments) {
        refuseKey(options);
        var run = CurrentWorkflow.orNull("enqueueing " + definition.name());
        if (run == null || run.isInStep()) {
            if (run != null) refuseNamelessInStep(definition.name(), options);
            return startAllOutside(definition, queue, options, arguments);
        }
        var handles = new ArrayList<WorkflowHandle<R>>(arguments.size());
        for (var argument : arguments)
            handles.add(startChild(run, definition, queue, numbered(options, handles.size()), argument));
        return handles;
    }

    private static void refuseNamelessInStep(String name, WorkflowOptions options) {
        if (options.id() == null)
            throw new MisuseException(("a step that starts '%s' would start another one at each attempt: give it an id,"
                    + " with WorkflowOptions.id(…), or start it from the workflow itself").formatted(name));
    }

    /** Many at once cannot hold one key. */
    private static void refuseKey(WorkflowOptions options) {
        if (key(options) != null)
            throw new IllegalArgumentException("a deduplication id or a debounce key is for one workflow, not for all");
    }

    private static WorkflowOptions numbered(WorkflowOptions options, int index) {
        return options.id() == null ? options : options.withId(options.id() + "-" + index);
    }

    // ---- outside ---------------------------------------------------------------------------------------------------

    private <R> WorkflowHandle<R> startOutside(
            WorkflowDefinition definition, String queue, WorkflowOptions options, Object... arguments) {
        if (queue != null) requireOpen(queue);
        var id = options.id() == null ? with.seams().ids().next() : options.id();
        var row = row(id, definition, queue, options, null, arguments);
        return handle(commit(List.of(row), options), definition);
    }

    private <R> List<WorkflowHandle<R>> startAllOutside(
            WorkflowDefinition definition, String queue, WorkflowOptions options, Collection<?> arguments) {
        requireOpen(queue);
        var rows = new ArrayList<NewWorkflow>(arguments.size());
        for (var argument : arguments) {
            var id = options.id() == null ? with.seams().ids().next() : numbered(options, rows.size()).id();
            rows.add(row(id, definition, queue, options, null, argument));
        }
        commitAll(queue, rows, options);
        return rows.stream().map(row -> this.<R>handle(row.workflowId(), definition)).toList();
    }

    /** A queue that is drained takes nothing from outside, but the children of those that are still on it. */
    private void requireOpen(String queue) {
        queues.require(queue);
        queues.requireOpen(queue);
    }

    private void commitAll(String queue, List<NewWorkflow> rows, WorkflowOptions options) {
        int together = Math.min(ROWS_PER_COMMIT, rows.size());
        var bound = queues.bound(queue);
        if (bound != null) {
            if (!bound.blocks() && rows.size() > bound.maxDepth())
                throw new IllegalArgumentException(
                        "%d workflows cannot wait on queue '%s', which takes %d: enqueue fewer at once, or let it block"
                                .formatted(rows.size(), queue, bound.maxDepth()));
            // All or none, unless each may wait for those before it.
            together = bound.blocks() ? Math.min(together, bound.maxDepth()) : rows.size();
        }
        for (int from = 0; from < rows.size(); from += together) {
            try {
                commit(rows.subList(from, Math.min(rows.size(), from + together)), options);
            } catch (QueueFullException full) {
                if (from == 0) throw full;
                throw new QueueFullException(
                        "only the first %d of %d were accepted: %s".formatted(from, rows.size(), full.getMessage()),
                        full.depth(),
                        full.suggestedWait());
            }
        }
    }

    /** Inserts them. Only an id of the user's choice can exist already. @return the id of the first, or who is instead */
    private String commit(List<NewWorkflow> rows, WorkflowOptions options) {
        for (var row : rows) if (row.executorId() != null) runs.expect(row.workflowId());
        var first = rows.getFirst();
        var insert = new Effect.Insert(List.copyOf(rows), options.id() != null, isGuarded(first));
        var decision = admission.decide(new Outsider(with, this::committed), insert, options);
        switch (decision.outcome()) {
            case Outcome.Applied applied -> {}
            case Outcome.Refused refused when refused.reason() == Outcome.Reason.BAD_DATA -> throw new PayloadException(
                    "'%s' was not accepted: the system database cannot store it: %s".formatted(first.name(), refused.detail()));
            case Outcome.Refused refused -> throw new WorkflowConflictException(
                    "'%s' was not accepted: %s; choose another id".formatted(first.name(), refused.detail()));
            case Outcome.Fenced fenced ->
                throw new MisuseException("'%s' was not accepted: the runtime is closed".formatted(first.name()));
            case Outcome.Cancelled cancelled -> throw new IllegalStateException("an insert from outside cannot be cancelled");
        }
        return decision.existing() == null ? first.workflowId() : decision.existing();
    }

    private boolean isGuarded(NewWorkflow row) {
        return row.key() != null || row.startAt() != null || queues.bound(row.queueName()) != null;
    }

    /** On the writer's thread, right after the commit. */
    private void committed(NewWorkflow row, Outcome outcome) {
        boolean inserted = outcome instanceof Outcome.Applied applied && !applied.ids().contains(row.workflowId());
        if (row.executorId() == null) {
            if (inserted) enqueued.accept(row.queueName());
        } else if (inserted && row.executorId().equals(executorId.get())) {
            var claimed = new ClaimedWorkflow(
                    new Owner(row.workflowId(), 1), row.uid(), row.name(), row.queueName(), null, row.input(), 0, false);
            runs.begin(claimed, HistoryPage.NONE, row.executorId(), ended -> {});
        } else {
            runs.unexpect(row.workflowId());
            if (inserted) enqueued.accept(row.queueName());
        }
    }

    /**
     * Enqueues workflows by name, one for each list of arguments, for an executor elsewhere that knows the name.
     *
     * @param mustExist whether a queue that nobody has registered is refused
     */
    public List<String> enqueueByName(
            String queue, boolean mustExist, String name, WorkflowOptions options, List<Object[]> argumentLists) {
        var run = CurrentWorkflow.orNull("enqueueing " + name);
        CurrentWorkflow.refuseOutsideSteps("enqueueing " + name + " by name");
        if (run != null) refuseNamelessInStep(name, options);
        WorkflowOptions.requireName("queue name", queue);
        WorkflowOptions.requireName("workflow name", name);
        if (mustExist) queues.require(queue);
        queues.requireOpen(queue);
        if (argumentLists.size() > 1) refuseKey(options);
        var rows = new ArrayList<NewWorkflow>(argumentLists.size());
        for (var arguments : argumentLists) {
            var types = Stream.of(arguments).map(JsonCodec::plainTypeOf).toArray(Type[]::new);
            var numbered = argumentLists.size() == 1 ? options : numbered(options, rows.size());
            var id = numbered.id() == null ? with.seams().ids().next() : numbered.id();
            rows.add(row(id, name, queue, options, null, with.json().encodeArguments(arguments, types)));
        }
        if (rows.size() == 1) return List.of(commit(rows, options));
        commitAll(queue, rows, options);
        return rows.stream().map(NewWorkflow::workflowId).toList();
    }

    // ---- children --------------------------------------------------------------------------------------------------

    private <R> WorkflowHandle<R> startChild(
            WorkflowRun parent, WorkflowDefinition definition, String queue, WorkflowOptions options, Object... arguments) {
        int step = parent.beginOperation();
        var recorded = parent.recorded(step, definition.name());
        if (recorded != null) {
            if (recorded.error() != null)
                throw parent.threw(step, recorded.error(), (RuntimeException) with.errors().decode(recorded.error(), List.of()));
            boolean mayBeAnother = options.deduplication() != null;
            if (options.id() != null && !mayBeAnother && !options.id().equals(recorded.childId()))
                throw parent.mismatch(step, "child " + recorded.childId(), "child " + options.id());
            parent.remember(recorded.childId());
            return handle(recorded.childId(), definition);
        }
        if (queue != null) requireQueue(parent, queue, step, definition.name());
        var id = WorkflowOptions.requireName("workflow id", options.id() == null ? parent.workflowId() + "-" + step : options.id());
        var row = row(id, definition, queue, options, parent.workflowId(), arguments);
        if (options.id() != null || isGuarded(row)) {
            id = awaitChild(parent, step, row, options);
        } else {
            var now = parent.journal().now();
            if (row.executorId() != null) runs.expect(id);
            parent.journal()
                    .append(new Checkpoint(step, row.name(), null, null, id, now, now), new Effect.Insert(List.of(row), false))
                    .onCommit(outcome -> committed(row, outcome));
        }
        parent.remember(id);
        return handle(id, definition);
    }

    /** The refusal is recorded: by the time of a replay somebody may have registered the queue. */
    private void requireQueue(WorkflowRun parent, String queue, int step, String name) {
        try {
            parent.patiently(() -> {
                queues.require(queue);
                return null;
            });
        } catch (QueueNotRegisteredException unknown) {
            var error = with.errors().encode(unknown);
            parent.record(step, name, null, error, null, parent.journal().now());
            throw parent.threw(step, error, unknown);
        }
    }

    /** A child that can be refused: the workflow waits for the answer. @return its id, or who is instead */
    private String awaitChild(WorkflowRun parent, int step, NewWorkflow row, WorkflowOptions options) {
        if (row.executorId() != null) runs.expect(row.workflowId());
        var applicant = new Parent(parent, step, row.name(), parent.journal().now(), this::committed);
        var insert = new Effect.Insert(List.of(row), options.id() != null, isGuarded(row));
        try {
            var decision = admission.decide(applicant, insert, options);
            if (decision.outcome() instanceof Outcome.Refused refused)
                throw new WorkflowConflictException("child '%s' of workflow %s was not accepted: %s; choose another id"
                        .formatted(row.name(), parent.workflowId(), refused.detail()));
            return decision.existing() == null ? row.workflowId() : decision.existing();
        } catch (QueueFullException | DuplicateWorkflowException | WorkflowConflictException refusal) {
            var error = with.errors().encode(refusal);
            parent.record(step, row.name(), null, error, row.workflowId(), applicant.startedAt());
            throw parent.threw(step, error, refusal);
        }
    }

    private NewWorkflow row(
            String id, WorkflowDefinition definition, String queue, WorkflowOptions options, String parentId, Object... arguments) {
        var input = with.json().encodeArguments(arguments, definition.argumentTypes().toArray(Type[]::new));
        return row(id, definition.name(), queue, options, parentId, input);
    }

    private NewWorkflow row(String id, String name, String queue, WorkflowOptions options, String parentId, String input) {
        LOG.debug("starting '{}' as {} {}", name, id, queue == null ? "at once" : "on queue " + queue);
        if (queue == null && (options.deduplication() != null || options.debounce() != null))
            throw new IllegalArgumentException("'%s' needs a queue: its key is one of a queue".formatted(name));
        var delay = options.debounce() == null ? options.delay() : options.debounce().period();
        boolean now = queue == null && delay == null && options.startAt() == null;
        return new NewWorkflow(
                id,
                with.seams().ids().uid(),
                name,
                queue == null ? NewWorkflow.DIRECT_QUEUE : queue,
                options.priority(),
                queue == null ? null : options.partitionKey(),
                delay,
                options.startAt(),
                key(options),
                input,
                parentId,
                now ? executorId.get() : null);
    }

    private static WorkflowKey key(WorkflowOptions options) {
        if (options.deduplication() != null) return new WorkflowKey(options.deduplication().id(), null);
        return options.debounce() == null ? null : new WorkflowKey(options.debounce().key(), options.debounce().atMost());
    }

    // ---- handles and cancellation ----------------------------------------------------------------------------------

    /** A handle to a workflow of the definition. */
    public <R> WorkflowHandle<R> handle(String workflowId, WorkflowDefinition definition) {
        return new DurableHandle<>(
                workflowId, definition.resultType(), definition.exceptions(), with, id -> cancel(List.of(id)));
    }

    /** A handle to a workflow whose result has the type. */
    public <R> WorkflowHandle<R> handle(String workflowId, Type resultType) {
        return new DurableHandle<>(workflowId, resultType, List.of(), with, id -> cancel(List.of(id)));
    }

    /** Cancels workflows and their descendants, wherever they run. @return those that it changed */
    public List<String> cancel(List<String> workflowIds) {
        var changed = change(workflowIds, Effect.Amendment.CANCEL);
        // When the first answer was lost, the second names nothing as changed.
        runs.cancelled(workflowIds);
        runs.cancelled(changed);
        for (var id : changed) with.news().arrived(new WorkflowResult(id, WorkflowState.CANCELLED, null, null));
        with.news().tell(Hint.CHANGE);
        return changed;
    }

    /** Resumes cancelled workflows and dead letters, and their cancelled descendants. @return those that it changed */
    public List<String> resume(List<String> workflowIds) {
        var changed = change(workflowIds, Effect.Amendment.RESUME);
        enqueued.accept(null);
        return changed;
    }

    /** Writes or replaces the definition of a queue. */
    public void define(WorkflowQueue queue) {
        if (!(with.commits().commit(new Effect.Define(with.seams().ids().uid(), queue)) instanceof Outcome.Applied))
            throw new MisuseException("queue '" + queue.name() + "' was not registered: the runtime is closed");
        with.news().tell(Hint.CHANGE);
        queues.refreshIfPossible(); // what this process runs next goes by it
        queues.refreshIfPossible(); // what this process enqueues next is judged by it
    }

    /** Lets a queue take or give no more, or do so again. */
    public void steer(String queueName, QueueState state) {
        CurrentWorkflow.refuseOutsideSteps("changing queue " + queueName);
        WorkflowOptions.requireName("queue name", queueName);
        switch (with.commits().commit(new Effect.Steer(with.seams().ids().uid(), queueName, state))) {
            case Outcome.Applied applied -> {
                with.news().tell(Hint.CHANGE);
                queues.refreshIfPossible(); // what this process enqueues next is judged by it
            }
            case Outcome.Refused refused -> throw new QueueNotRegisteredException("there is no queue '" + queueName + "'");
            case Outcome.Fenced fenced -> throw new MisuseException("queue '" + queueName + "' was left as it is: the runtime is closed");
            case Outcome.Cancelled cancelled -> throw new IllegalStateException("a change from outside cannot be cancelled");
        }
    }

    private List<String> change(List<String> workflowIds, Effect.Amendment amendment) {
        var act = amendment.name().toLowerCase(Locale.ROOT);
        CurrentWorkflow.refuseOutsideSteps(act + " of workflow " + workflowIds.getFirst());
        return switch (with.commits().commit(new Effect.Change(with.seams().ids().uid(), workflowIds, amendment))) {
            case Outcome.Applied applied -> applied.ids();
            case Outcome.Refused refused -> throw new NoSuchWorkflowException("there is no workflow " + refused.detail());
            case Outcome.Fenced fenced -> throw new MisuseException(
                    "workflow " + workflowIds.getFirst() + " was left as it is: the runtime is closed");
            case Outcome.Cancelled cancelled -> throw new IllegalStateException("a change from outside cannot be cancelled");
        };
    }
}
