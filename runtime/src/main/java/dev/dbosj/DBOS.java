package dev.dbosj;

import dev.dbosj.code.MethodReference;
import dev.dbosj.code.StepDefinition;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.run.BatchBody;
import dev.dbosj.run.BatchedItem;
import dev.dbosj.run.CurrentWorkflow;
import dev.dbosj.run.WorkflowRun;
import dev.dbosj.time.Bell;
import dev.dbosj.time.Seams;
import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.BatchOptions;
import dev.dbosj.workflow.Functions.Func0;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.Functions.Func2;
import dev.dbosj.workflow.Functions.Func3;
import dev.dbosj.workflow.Functions.Proc0;
import dev.dbosj.workflow.Functions.Proc1;
import dev.dbosj.workflow.Functions.Proc2;
import dev.dbosj.workflow.Functions.Proc3;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import java.io.Serializable;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * What code inside a workflow says. Calls are durable on the workflow's own thread; on threads that it starts they are
 * refused. Inside of a step a further step is part of the one that runs.
 *
 * <p>Without a runtime launched in the process, steps are plain calls, so that workflow methods can be unit tested.
 */
public final class DBOS {
    private static final Seams PLAIN = Seams.system();

    private DBOS() {}

    /** Creates a runtime, registers the objects, and launches it; see {@link DBOSRuntime}. */
    public static DBOSRuntime launch(DBOSConfig config, Object... workflows) {
        var runtime = DBOSRuntime.create(config);
        try {
            for (var object : workflows) runtime.register(object);
        } catch (RuntimeException misuse) {
            runtime.close();
            throw misuse;
        }
        return runtime.launch();
    }

    // ---- steps -------------------------------------------------------------------------------------------------------

    /** Runs a method as a step: its outcome is recorded, and it is never run again once it has completed. */
    public static <A, R, X extends Exception> R runStep(Func1<A, R, X> step, A a) throws X {
        return step(step, () -> step.call(a));
    }

    /** Runs a method as a step: its outcome is recorded, and it is never run again once it has completed. */
    public static <A, X extends Exception> void runStep(Proc1<A, X> step, A a) throws X {
        step(step, () -> {
            step.call(a);
            return null;
        });
    }

    /** Runs a method as a step: its outcome is recorded, and it is never run again once it has completed. */
    public static <A, B, R, X extends Exception> R runStep(Func2<A, B, R, X> step, A a, B b) throws X {
        return step(step, () -> step.call(a, b));
    }

    /** Runs a method as a step: its outcome is recorded, and it is never run again once it has completed. */
    public static <A, B, X extends Exception> void runStep(Proc2<A, B, X> step, A a, B b) throws X {
        step(step, () -> {
            step.call(a, b);
            return null;
        });
    }

    /** Runs a method as a step: its outcome is recorded, and it is never run again once it has completed. */
    public static <A, B, C, R, X extends Exception> R runStep(Func3<A, B, C, R, X> step, A a, B b, C c) throws X {
        return step(step, () -> step.call(a, b, c));
    }

    /** Runs a method as a step: its outcome is recorded, and it is never run again once it has completed. */
    public static <A, B, C, X extends Exception> void runStep(Proc3<A, B, C, X> step, A a, B b, C c) throws X {
        step(step, () -> {
            step.call(a, b, c);
            return null;
        });
    }

    /** Runs a block as a step under a name. Its result type must be plain; for a generic one give a {@link TypeRef}. */
    public static <R, X extends Exception> R runStep(String name, Func0<R, X> block) throws X {
        return block(StepOptions.named(name), block, block);
    }

    /** Runs a block without a result as a step under a name. */
    public static <X extends Exception> void runStep(String name, Proc0<X> block) throws X {
        block(StepOptions.named(name), block, returningNull(block));
    }

    /** Runs a block as a step with options. */
    public static <R, X extends Exception> R runStep(StepOptions options, Func0<R, X> block) throws X {
        return block(options, block, block);
    }

    /** Runs a block without a result as a step with options. */
    public static <X extends Exception> void runStep(StepOptions options, Proc0<X> block) throws X {
        block(options, block, returningNull(block));
    }

    /** Runs a block whose result is generic as a step. */
    public static <R, X extends Exception> R runStep(StepOptions options, TypeRef<R> type, Func0<R, X> block) throws X {
        return step(options.name(), engine -> engine.stepDefinitions.ofBlock(options, type, MethodReference.of(block)), block);
    }

    /**
     * Runs a step together with other workflows of this process that run the same one: the method is called once for all of
     * them, for as many as the options let, and says for each item what came of it. The outcome of each is recorded by its
     * own workflow: one item fails alone, and after a crash the step runs again for those whose outcome was not recorded.
     *
     * <p>The method is called on a thread of its own, which belongs to no workflow. If it throws, all items that it has not
     * reported fail with that exception. By default, without a {@link dev.dbosj.workflow.Step} annotation, a step has two
     * attempts; the last one, if it is not the only one, is made without company, so that no item fails for another one's
     * sake. Waiting for company belongs to the attempt and its time-out. A workflow that is cancelled or timed out leaves a
     * batch that has not begun; from one that has, it leaves with the others, and when none is left that wants an outcome,
     * the thread is interrupted.
     *
     * @param options how many come together, and how long they wait for each other
     * @param step a method with the parameter {@code List<BatchItem<A, R>>}, as {@code this::embedAll}
     * @param value the item of this workflow
     * @return what the method reported for it
     * @throws MisuseException if the step is a lambda, or the method reports nothing for the item
     */
    public static <A, R, X extends Exception> R runStep(
            BatchOptions options, Proc1<List<BatchItem<A, R>>, X> step, A value) throws X {
        Objects.requireNonNull(options, "options");
        var run = durableOrNull("the step");
        if (run == null) return unchecked(() -> BatchedItem.callPlainly(step, value, CurrentWorkflow.orNull("runStep")));
        var engine = Launched.of(run);
        var reference = MethodReference.of(step);
        var definition = engine.stepDefinitions.ofBatch(reference);
        var body = new BatchBody<>(reference.identity(), step, options);
        return unchecked(() -> engine.stepRunner.runInBatch(run, definition, body, value));
    }

    private static <X extends Exception> Func0<Void, X> returningNull(Proc0<X> block) {
        return () -> {
            block.call();
            return null;
        };
    }

    private static <R, X extends Exception> R step(Serializable step, Func0<R, X> body) throws X {
        return step("the step", engine -> engine.stepDefinitions.of(MethodReference.of(step)), body);
    }

    private static <R, X extends Exception> R block(StepOptions options, Serializable block, Func0<R, X> body) throws X {
        return step(options.name(), engine -> engine.stepDefinitions.ofBlock(options, MethodReference.of(block)), body);
    }

    private static <R, X extends Exception> R step(
            String what, Function<Assembly, StepDefinition> definition, Func0<R, X> body) throws X {
        var run = durableOrNull(what);
        if (run == null) return body.call();
        var engine = Launched.of(run);
        return unchecked(() -> engine.stepRunner.run(run, definition.apply(engine), body));
    }

    /** The run that records the step; null where it is a plain call. */
    private static WorkflowRun durableOrNull(String what) {
        var run = CurrentWorkflow.orNull("runStep");
        if (run != null) return run.isInStep() ? null : run;
        if (Launched.none()) return null;
        throw new MisuseException(("'%s' was called as a step outside of a workflow, on thread '%s': its outcome would not be"
                + " recorded. Start the workflow with startWorkflow or enqueueWorkflow; for parallel work start child"
                + " workflows.").formatted(what, Thread.currentThread().getName()));
    }

    @FunctionalInterface
    private interface Throwing {
        Object call() throws Throwable;
    }

    /** A step throws what its method declares; it comes out of the record as a plain Throwable. */
    @SuppressWarnings("unchecked")
    private static <R, X extends Throwable> R unchecked(Throwing call) throws X {
        try {
            return (R) call.call();
        } catch (Throwable failure) {
            throw (X) failure;
        }
    }

    // ---- workflows ---------------------------------------------------------------------------------------------------

    /** Options for what is started next. In a workflow it starts children; outside of one the only launched runtime is meant. */
    public static WorkflowStarter with(WorkflowOptions options) {
        return starter().with(options);
    }

    private static WorkflowStarter starter() {
        return new Starter(() -> engine("starting a workflow"), WorkflowOptions.defaults());
    }

    private static Assembly engine(String call) {
        var run = CurrentWorkflow.orNull(call);
        return run == null ? Launched.only(call) : Launched.of(run);
    }

    /** As {@link WorkflowStarter#enqueueAll}. */
    public static <A, R> List<WorkflowHandle<R>> enqueueAll(String queueName, Func1<A, R, ?> workflow, Collection<? extends A> arguments) {
        return starter().enqueueAll(queueName, workflow, arguments);
    }

    /** As {@link WorkflowStarter#startWorkflow}. */
    public static <R> WorkflowHandle<R> startWorkflow(Func0<R, ?> workflow) {
        return starter().startWorkflow(workflow);
    }

    /** As {@link WorkflowStarter#startWorkflow}. */
    public static WorkflowHandle<Void> startWorkflow(Proc0<?> workflow) {
        return starter().startWorkflow(workflow);
    }

    /** As {@link WorkflowStarter#startWorkflow}. */
    public static <A, R> WorkflowHandle<R> startWorkflow(Func1<A, R, ?> workflow, A a) {
        return starter().startWorkflow(workflow, a);
    }

    /** As {@link WorkflowStarter#startWorkflow}. */
    public static <A> WorkflowHandle<Void> startWorkflow(Proc1<A, ?> workflow, A a) {
        return starter().startWorkflow(workflow, a);
    }

    /** As {@link WorkflowStarter#startWorkflow}. */
    public static <A, B, R> WorkflowHandle<R> startWorkflow(Func2<A, B, R, ?> workflow, A a, B b) {
        return starter().startWorkflow(workflow, a, b);
    }

    /** As {@link WorkflowStarter#startWorkflow}. */
    public static <A, B> WorkflowHandle<Void> startWorkflow(Proc2<A, B, ?> workflow, A a, B b) {
        return starter().startWorkflow(workflow, a, b);
    }

    /** As {@link WorkflowStarter#startWorkflow}. */
    public static <A, B, C, R> WorkflowHandle<R> startWorkflow(Func3<A, B, C, R, ?> workflow, A a, B b, C c) {
        return starter().startWorkflow(workflow, a, b, c);
    }

    /** As {@link WorkflowStarter#startWorkflow}. */
    public static <A, B, C> WorkflowHandle<Void> startWorkflow(Proc3<A, B, C, ?> workflow, A a, B b, C c) {
        return starter().startWorkflow(workflow, a, b, c);
    }

    /** As {@link WorkflowStarter#enqueueWorkflow}. */
    public static <R> WorkflowHandle<R> enqueueWorkflow(String queueName, Func0<R, ?> workflow) {
        return starter().enqueueWorkflow(queueName, workflow);
    }

    /** As {@link WorkflowStarter#enqueueWorkflow}. */
    public static WorkflowHandle<Void> enqueueWorkflow(String queueName, Proc0<?> workflow) {
        return starter().enqueueWorkflow(queueName, workflow);
    }

    /** As {@link WorkflowStarter#enqueueWorkflow}. */
    public static <A, R> WorkflowHandle<R> enqueueWorkflow(String queueName, Func1<A, R, ?> workflow, A a) {
        return starter().enqueueWorkflow(queueName, workflow, a);
    }

    /** As {@link WorkflowStarter#enqueueWorkflow}. */
    public static <A> WorkflowHandle<Void> enqueueWorkflow(String queueName, Proc1<A, ?> workflow, A a) {
        return starter().enqueueWorkflow(queueName, workflow, a);
    }

    /** As {@link WorkflowStarter#enqueueWorkflow}. */
    public static <A, B, R> WorkflowHandle<R> enqueueWorkflow(String queueName, Func2<A, B, R, ?> workflow, A a, B b) {
        return starter().enqueueWorkflow(queueName, workflow, a, b);
    }

    /** As {@link WorkflowStarter#enqueueWorkflow}. */
    public static <A, B> WorkflowHandle<Void> enqueueWorkflow(String queueName, Proc2<A, B, ?> workflow, A a, B b) {
        return starter().enqueueWorkflow(queueName, workflow, a, b);
    }

    /** As {@link WorkflowStarter#enqueueWorkflow}. */
    public static <A, B, C, R> WorkflowHandle<R> enqueueWorkflow(String queueName, Func3<A, B, C, R, ?> workflow, A a, B b, C c) {
        return starter().enqueueWorkflow(queueName, workflow, a, b, c);
    }

    /** As {@link WorkflowStarter#enqueueWorkflow}. */
    public static <A, B, C> WorkflowHandle<Void> enqueueWorkflow(String queueName, Proc3<A, B, C, ?> workflow, A a, B b, C c) {
        return starter().enqueueWorkflow(queueName, workflow, a, b, c);
    }

    // ---- events ------------------------------------------------------------------------------------------------------

    /**
     * Shows a value to whoever asks with {@link #getEvent} or through a {@link DBOSClient}: progress, an address, a
     * question. Belongs in a workflow, not in a step. The call does not wait; the value is on disk, for ever if the
     * workflow is recovered, before the workflow's next step begins. A later value replaces it; all values are kept
     * among the workflow's steps.
     *
     * @param key 1 to 255 characters
     * @param value text, a number, a record, or a collection or map of plain data; not null
     * @throws dev.dbosj.exceptions.PayloadException if the value cannot be stored
     */
    public static void setEvent(String key, Object value) {
        setEvent(key, value, (TypeRef<Object>) null);
    }

    /** The same for a value whose type is generic or a sealed interface. */
    public static <T> void setEvent(String key, T value, TypeRef<T> type) {
        var run = CurrentWorkflow.require("setEvent");
        if (run.isInStep()) throw new MisuseException("setEvent belongs in the workflow, not in a step");
        Launched.of(run).events.set(run, key, value, type == null ? null : type.type());
    }

    /**
     * An event of another workflow; in a workflow the answer is recorded. Outside of one the only launched runtime is
     * meant.
     *
     * @param timeout how long to wait for it, 0 or more; a workflow that has ended is not waited for
     * @return empty if it was not set by then
     */
    public static <T> Optional<T> getEvent(String workflowId, String key, Class<T> type, Duration timeout) {
        return engine("getEvent").events.get(workflowId, key, type, timeout).map(type::cast);
    }

    // ---- messages ----------------------------------------------------------------------------------------------------

    /**
     * Sends a message to a workflow, which receives it once, with {@link #recv}; also to one that has not begun, or that
     * has ended: then it is kept, for a workflow that is resumed. On disk when this returns.
     *
     * <p>In a workflow it is an operation of its own, which happens once. In a step it may happen at each attempt, but what
     * the attempts send first is taken for the same message, and so is what they send second, and so on: to one workflow
     * each of them comes once. Outside of a workflow the only launched runtime is meant.
     *
     * @param message text, a number, a record, or a collection or map of plain data; not null
     * @param topic what it is about, 1 to 255 characters; each topic is received by itself. Null for none.
     * @throws dev.dbosj.exceptions.NoSuchWorkflowException if there is no such workflow
     * @throws dev.dbosj.exceptions.PayloadException if the message cannot be stored
     */
    public static void send(String workflowId, Object message, String topic) {
        engine("send").messages.send(workflowId, message, null, topic, null);
    }

    /** The same without a topic. */
    public static void send(String workflowId, Object message) {
        send(workflowId, message, (String) null);
    }

    /** The same for a message whose type is generic or a sealed interface. */
    public static <T> void send(String workflowId, T message, TypeRef<T> type, String topic) {
        engine("send").messages.send(workflowId, message, type.type(), topic, null);
    }

    /**
     * Receives the oldest message of a topic that this workflow has not received, and waits for it. Belongs in a
     * workflow, not in a step. What was received is recorded: it is the same after a recovery, and never comes again. A
     * recovered workflow waits only for what is left of the time.
     *
     * @param topic as given to {@link #send}; null for messages without one
     * @param timeout how long to wait, 0 or more
     * @return empty if none has come by then
     * @throws dev.dbosj.exceptions.PayloadException if the message is not of the type; it counts as received
     */
    public static <T> Optional<T> recv(String topic, Class<T> type, Duration timeout) {
        return receive(topic, type, timeout).map(type::cast);
    }

    /** The same for a message whose type is generic or a sealed interface. */
    @SuppressWarnings("unchecked") // the codec makes a value of the type, or throws
    public static <T> Optional<T> recv(String topic, TypeRef<T> type, Duration timeout) {
        return (Optional<T>) receive(topic, type.type(), timeout);
    }

    /** Receives a message without a topic. */
    public static <T> Optional<T> recv(Class<T> type, Duration timeout) {
        return recv(null, type, timeout);
    }

    private static Optional<Object> receive(String topic, Type type, Duration timeout) {
        var run = CurrentWorkflow.require("recv");
        if (run.isInStep()) throw new MisuseException("recv belongs in the workflow, not in a step");
        return Launched.of(run).messages.receive(run, topic, type, timeout);
    }

    // ---- the rest ----------------------------------------------------------------------------------------------------

    /**
     * Sleeps. In a workflow the wake time is recorded, so that a recovered workflow sleeps only for what is left;
     * cancelling ends the sleep.
     *
     * @param duration 0 or more
     * @throws dev.dbosj.exceptions.DBOSException if the thread is interrupted outside of workflow code
     */
    public static void sleep(Duration duration) {
        if (duration == null || duration.isNegative()) throw new IllegalArgumentException("cannot sleep for " + duration);
        var run = CurrentWorkflow.outsideStepsOrNull("sleep");
        if (run == null) sleepPlainly(duration);
        else Launched.of(run).calls.sleep(run, duration);
    }

    private static void sleepPlainly(Duration duration) {
        try {
            new Bell(PLAIN.time()).awaitInterruptibly(duration);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new DBOSException("interrupted while sleeping for " + duration, interrupt);
        }
    }

    /** The time; in a workflow it is recorded. */
    public static Instant now() {
        var run = CurrentWorkflow.outsideStepsOrNull("now");
        return run == null ? PLAIN.time().now() : Launched.of(run).calls.now(run);
    }

    /** A random UUID; in a workflow it is recorded. */
    public static UUID randomUUID() {
        var run = CurrentWorkflow.outsideStepsOrNull("randomUUID");
        return run == null ? PLAIN.ids().uuid() : Launched.of(run).calls.randomUUID(run);
    }

    /** The id of the workflow that runs on this thread; null outside of one. */
    public static String workflowId() {
        var run = CurrentWorkflow.orNull("workflowId");
        return run == null ? null : run.workflowId();
    }

    /** In a step: a key that is the same at every attempt and unlike that of any other step; for idempotent calls outside. */
    public static String stepKey() {
        var run = CurrentWorkflow.require("stepKey");
        if (!run.isInStep()) throw new MisuseException("stepKey belongs in a step");
        return run.stepKey();
    }

    /**
     * Gives the running attempt of this workflow so much time from now on, whatever was left of the
     * {@linkplain dev.dbosj.workflow.WorkflowQueue#attemptTimeout() attempt time-out} of its queue; for a step that is slow
     * and getting ahead, or a workflow that waits. Without such a time-out nothing happens. Nothing is recorded.
     *
     * @param timeout 1 ms to 30 days
     */
    public static void extendAttempt(Duration timeout) {
        if (timeout == null || timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofDays(30)) > 0)
            throw new IllegalArgumentException("cannot extend an attempt by " + timeout + ": that is outside 1 ms to 30 days");
        CurrentWorkflow.require("extendAttempt").extendAttempt(timeout);
    }

    /** In a step: which attempt this is, from 1. It counts anew after a recovery. */
    public static int attempt() {
        var run = CurrentWorkflow.require("attempt");
        if (!run.isInStep()) throw new MisuseException("attempt belongs in a step");
        return run.currentStep().attempt();
    }
}
