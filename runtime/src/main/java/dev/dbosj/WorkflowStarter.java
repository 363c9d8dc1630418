package dev.dbosj;

import dev.dbosj.workflow.Functions.Func0;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.Functions.Func2;
import dev.dbosj.workflow.Functions.Func3;
import dev.dbosj.workflow.Functions.Proc0;
import dev.dbosj.workflow.Functions.Proc1;
import dev.dbosj.workflow.Functions.Proc2;
import dev.dbosj.workflow.Functions.Proc3;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;

/**
 * Starts workflows by method reference: here and now ({@code start…}) or on a queue ({@code enqueue…}). When a call
 * returns outside of a workflow, the workflow is on disk and will run to its end, whatever happens to this process;
 * inside of a workflow that is promised before its next step begins. Thread-safe.
 *
 * <p>All calls throw {@link dev.dbosj.exceptions.PayloadException} for arguments that cannot be stored,
 * {@link dev.dbosj.exceptions.MisuseException} for references that are no registered workflow,
 * {@link dev.dbosj.exceptions.WorkflowConflictException} for an id that belongs to a workflow of another name, and
 * {@link dev.dbosj.exceptions.QueueNotRegisteredException} for an unknown queue,
 * {@link dev.dbosj.exceptions.QueueDrainingException} for one that is drained,
 * {@link dev.dbosj.exceptions.QueueFullException} for one that is full, and
 * {@link dev.dbosj.exceptions.DuplicateWorkflowException} for a deduplication id that is held.
 */
public interface WorkflowStarter {
    /** The same starter with options for what it starts. */
    WorkflowStarter with(WorkflowOptions options);

    /**
     * What the other calls come down to.
     *
     * @param queueName null to start here and now
     * @param workflow one of the {@link dev.dbosj.workflow.Functions} made by a method reference
     */
    <R> WorkflowHandle<R> start(String queueName, Serializable workflow, Object... arguments);

    /**
     * Enqueues one workflow for each argument; ten thousand cost a handful of commits. On a queue with a bound all are
     * accepted or none, unless it {@linkplain dev.dbosj.workflow.QueueBound#blocks() blocks}: then some may be when the time is up.
     *
     * @throws IllegalArgumentException if they are more than a queue that does not block can hold
     */
    <A, R> List<WorkflowHandle<R>> enqueueAll(String queueName, Func1<A, R, ?> workflow, Collection<? extends A> arguments);

    default <R> WorkflowHandle<R> startWorkflow(Func0<R, ?> workflow) {
        return start(null, workflow);
    }

    default <A, R> WorkflowHandle<R> startWorkflow(Func1<A, R, ?> workflow, A a) {
        return start(null, workflow, a);
    }

    default <A, B, R> WorkflowHandle<R> startWorkflow(Func2<A, B, R, ?> workflow, A a, B b) {
        return start(null, workflow, a, b);
    }

    default <A, B, C, R> WorkflowHandle<R> startWorkflow(Func3<A, B, C, R, ?> workflow, A a, B b, C c) {
        return start(null, workflow, a, b, c);
    }

    default WorkflowHandle<Void> startWorkflow(Proc0<?> workflow) {
        return start(null, workflow);
    }

    default <A> WorkflowHandle<Void> startWorkflow(Proc1<A, ?> workflow, A a) {
        return start(null, workflow, a);
    }

    default <A, B> WorkflowHandle<Void> startWorkflow(Proc2<A, B, ?> workflow, A a, B b) {
        return start(null, workflow, a, b);
    }

    default <A, B, C> WorkflowHandle<Void> startWorkflow(Proc3<A, B, C, ?> workflow, A a, B b, C c) {
        return start(null, workflow, a, b, c);
    }

    default <R> WorkflowHandle<R> enqueueWorkflow(String queueName, Func0<R, ?> workflow) {
        return start(requireQueue(queueName), workflow);
    }

    default <A, R> WorkflowHandle<R> enqueueWorkflow(String queueName, Func1<A, R, ?> workflow, A a) {
        return start(requireQueue(queueName), workflow, a);
    }

    default <A, B, R> WorkflowHandle<R> enqueueWorkflow(String queueName, Func2<A, B, R, ?> workflow, A a, B b) {
        return start(requireQueue(queueName), workflow, a, b);
    }

    default <A, B, C, R> WorkflowHandle<R> enqueueWorkflow(String queueName, Func3<A, B, C, R, ?> workflow, A a, B b, C c) {
        return start(requireQueue(queueName), workflow, a, b, c);
    }

    default WorkflowHandle<Void> enqueueWorkflow(String queueName, Proc0<?> workflow) {
        return start(requireQueue(queueName), workflow);
    }

    default <A> WorkflowHandle<Void> enqueueWorkflow(String queueName, Proc1<A, ?> workflow, A a) {
        return start(requireQueue(queueName), workflow, a);
    }

    default <A, B> WorkflowHandle<Void> enqueueWorkflow(String queueName, Proc2<A, B, ?> workflow, A a, B b) {
        return start(requireQueue(queueName), workflow, a, b);
    }

    default <A, B, C> WorkflowHandle<Void> enqueueWorkflow(String queueName, Proc3<A, B, C, ?> workflow, A a, B b, C c) {
        return start(requireQueue(queueName), workflow, a, b, c);
    }

    private static String requireQueue(String queueName) {
        return WorkflowOptions.requireName("queue name", queueName);
    }
}
