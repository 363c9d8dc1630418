package dev.dbosj;

import dev.dbosj.code.WorkflowRegistry;
import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.run.CurrentWorkflow;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Seams;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.Serializable;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One executor in this process: runs workflows, its own and those that wait in the system database. Register what it
 * runs, launch it, close it. Thread-safe; its threads are daemons.
 *
 * <p>When the process dies, the workflows go on wherever an executor with the same workflows is launched, from their
 * last completed step.
 */
public final class DBOSRuntime extends DBOSClient implements WorkflowStarter {
    private enum State {
        NEW,
        LAUNCHED,
        CLOSED
    }

    private final DBOSConfig config;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final List<WorkflowQueue> queuesBeforeLaunch = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Starter starter = new Starter(this::launched, WorkflowOptions.defaults());
    private Thread shutdownHook;

    private DBOSRuntime(DBOSConfig config, Assembly engine) {
        super(engine);
        this.config = config;
    }

    /**
     * A runtime that is not launched yet. The system database is opened, not changed.
     *
     * @throws dev.dbosj.exceptions.SystemDatabaseException if the URL cannot be opened, saying what to do
     */
    public static DBOSRuntime create(DBOSConfig config) {
        var seams = Seams.system();
        return create(config, seams, Assembly.open(config, seams));
    }

    /** The same in a world that a test has made. */
    static DBOSRuntime create(DBOSConfig config, Seams seams, SystemDatabase database) {
        return new DBOSRuntime(config, new Assembly(config, seams, database));
    }

    /**
     * Registers all workflow methods of an object. Before {@link #launch()}.
     *
     * @throws MisuseException if there are none, a name is taken, or a type cannot be stored
     */
    public DBOSRuntime register(Object workflows) {
        registry().register(workflows);
        return this;
    }

    /** Registers another object of a class under an instance name; its workflows are named {@code name@instance}. */
    public DBOSRuntime register(String instanceName, Object workflows) {
        registry().register(instanceName, workflows);
        return this;
    }

    /** Registers the static workflow methods of a class. */
    public DBOSRuntime register(Class<?> workflows) {
        registry().register(workflows);
        return this;
    }

    /** Registers a function as a workflow; start it with what this returns. For other languages and dynamic code. */
    public <A, R> Func1<A, R, RuntimeException> registerWorkflow(
            String name, Class<A> argumentType, Class<R> resultType, Func1<A, R, ?> function) {
        return registry().registerFunction(name, argumentType, resultType, function);
    }

    private WorkflowRegistry registry() {
        if (state.get() != State.NEW) throw new MisuseException("workflows must be registered before launch()");
        return engine.registry;
    }

    /** Before launch the queue is written by the launch. */
    @Override
    public void registerQueue(WorkflowQueue queue) {
        if (state.get() == State.NEW) queuesBeforeLaunch.add(queue);
        else super.registerQueue(queue);
    }

    /**
     * Creates or upgrades the tables, joins the fleet and begins to claim. What a dead predecessor on the same file has
     * left goes on at once.
     *
     * @return this
     * @throws MisuseException if it was launched or closed before
     */
    public DBOSRuntime launch() {
        if (!state.compareAndSet(State.NEW, State.LAUNCHED)) throw new MisuseException("this runtime was launched before; create another one");
        Launched.add(this);
        try {
            engine.connect();
            queuesBeforeLaunch.forEach(super::registerQueue);
            engine.executor.start();
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
        if (config.shutdownHook()) {
            shutdownHook = engine.with.seams().threads().shutdownHook("dbosj-shutdown", () -> end(true));
            Runtime.getRuntime().addShutdownHook(shutdownHook);
        }
        return this;
    }

    @Override
    void requireOpen() {
        launched();
    }

    @Override
    boolean requiresQueues() {
        return true;
    }

    boolean isLaunched() {
        return state.get() == State.LAUNCHED;
    }

    private Assembly launched() {
        return switch (state.get()) {
            case NEW -> throw new MisuseException("launch() the runtime before it starts workflows");
            case LAUNCHED -> engine;
            case CLOSED -> closing();
        };
    }

    /** What its own workflows call while it closes is no misuse: they are about to leave, and go on elsewhere. */
    private Assembly closing() {
        var run = CurrentWorkflow.orNull("starting a workflow");
        if (run != null && run.belongsTo(engine.with)) return engine;
        throw new MisuseException("this runtime is closed");
    }

    @Override
    public WorkflowStarter with(WorkflowOptions options) {
        return starter.with(options);
    }

    @Override
    public <R> WorkflowHandle<R> start(String queueName, Serializable workflow, Object... arguments) {
        return starter.start(queueName, workflow, arguments);
    }

    @Override
    public <A, R> List<WorkflowHandle<R>> enqueueAll(String queueName, Func1<A, R, ?> workflow, Collection<? extends A> arguments) {
        return starter.enqueueAll(queueName, workflow, arguments);
    }

    /** Waits until the runtime is closed, for instance by Ctrl-C. */
    public void awaitShutdown() throws InterruptedException {
        closed.await();
    }

    /**
     * Stops claiming, waits up to {@link DBOSConfig#shutdownGrace()} for running steps, interrupts those that are left,
     * and hands the workflows back for others to go on with at once. Idempotent. No thread is left, unless a step
     * ignores its interrupt; its workflow is taken over when the lease has ended.
     */
    @Override
    public void close() {
        if (CurrentWorkflow.outsideStepsOrNull("close") != null) throw new MisuseException("a workflow cannot close the runtime that runs it");
        end(false);
    }

    private void end(boolean dying) {
        var before = state.getAndSet(State.CLOSED);
        if (before == State.CLOSED) {
            awaitTheOtherEnd();
            return;
        }
        try {
            engine.close(before == State.LAUNCHED, dying);
        } finally {
            Launched.remove(this);
            removeShutdownHook();
            closed.countDown();
        }
    }

    private void awaitTheOtherEnd() {
        if (CurrentWorkflow.orNull("close") != null) return; // a step, for whose end the other one waits
        try {
            closed.await();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
        }
    }

    private void removeShutdownHook() {
        if (shutdownHook == null || Thread.currentThread() == shutdownHook) return;
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException shuttingDown) {
            // The virtual machine is shutting down already; the hook will find the runtime closed.
            shutdownHook = null;
        }
    }
}
