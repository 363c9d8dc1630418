package dev.dbosj;

import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.run.CurrentWorkflow;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Effect;
import dev.dbosj.time.Seams;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowStatus;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Everything that needs no workflow code: looking up, listing, cancelling, resuming. It claims nothing and may be used
 * before any executor exists. Thread-safe; to be closed.
 *
 * <p>In a workflow these calls are refused outside of a step, because their answers are not recorded. All of them throw
 * {@link dev.dbosj.exceptions.SystemDatabaseException} if the system database cannot be read.
 */
public class DBOSClient implements AutoCloseable {
    private static final int STEPS_PER_PAGE = 1000;

    final Assembly engine;
    private final AtomicBoolean closed = new AtomicBoolean();

    DBOSClient(Assembly engine) {
        this.engine = engine;
    }

    /**
     * Connects to a system database, which is created if it does not exist.
     *
     * @param url {@code sqlite:orders.db} or another URL as in {@link DBOSConfig#databaseUrl()}
     */
    public static DBOSClient connect(String url) {
        var seams = Seams.system();
        var config = DBOSConfig.named("client").databaseUrl(url);
        var engine = new Assembly(config, seams, Assembly.open(url, seams));
        var client = new DBOSClient(engine);
        try {
            engine.connect();
            return client;
        } catch (RuntimeException failure) {
            client.close();
            throw failure;
        }
    }

    /** A handle to an existing workflow. @throws NoSuchWorkflowException if there is none */
    public <R> WorkflowHandle<R> retrieveWorkflow(String workflowId, Class<R> resultType) {
        return retrieve(workflowId, resultType);
    }

    /** A handle to an existing workflow whose result is generic. @throws NoSuchWorkflowException if there is none */
    public <R> WorkflowHandle<R> retrieveWorkflow(String workflowId, TypeRef<R> resultType) {
        return retrieve(workflowId, resultType.type());
    }

    private <R> WorkflowHandle<R> retrieve(String workflowId, Type resultType) {
        requireOpen();
        getWorkflow(workflowId);
        return engine.starts.handle(workflowId, resultType);
    }

    /** One workflow. @throws NoSuchWorkflowException if there is none */
    public WorkflowStatus getWorkflow(String workflowId) {
        WorkflowOptions.requireName("workflow id", workflowId);
        var status = read("getWorkflow", () -> engine.with.database().workflow(workflowId));
        if (status == null) throw new NoSuchWorkflowException("there is no workflow " + workflowId);
        return status;
    }

    /** The workflows that the filter lets through. */
    public List<WorkflowStatus> listWorkflows(WorkflowFilter filter) {
        return read("listWorkflows", () -> engine.with.database().workflows(filter));
    }

    /** All that a workflow has recorded, in the order of step numbers. @throws NoSuchWorkflowException if there is none */
    public List<StepInfo> listWorkflowSteps(String workflowId) {
        getWorkflow(workflowId);
        var steps = new ArrayList<StepInfo>();
        int from = 0;
        while (true) {
            var wanted = Map.of(workflowId, from);
            var page = read("listWorkflowSteps", () -> engine.with.database().history(wanted, STEPS_PER_PAGE)).get(workflowId);
            for (var checkpoint : page.checkpoints()) steps.add(info(checkpoint));
            if (page.last()) return steps;
            from = page.checkpoints().getLast().step() + 1;
        }
    }

    private static StepInfo info(Checkpoint checkpoint) {
        return new StepInfo(
                checkpoint.step(), checkpoint.name(), checkpoint.output(), checkpoint.error(), checkpoint.childId(),
                checkpoint.startedAt(), checkpoint.completedAt());
    }

    /**
     * Cancels a workflow and all its descendants that have not ended. On disk when this returns; an executor begins no
     * further step of it once it has learnt of it, within a second. The outcome of a step that is running is still
     * recorded. @throws NoSuchWorkflowException if there is none
     */
    public void cancelWorkflow(String workflowId) {
        requireOpen();
        engine.starts.cancel(workflowId);
    }

    /**
     * Resumes a workflow that is cancelled or a dead letter, and such descendants of it, where they stopped; nothing
     * happens to others. @throws NoSuchWorkflowException if there is none
     */
    public void resumeWorkflow(String workflowId) {
        requireOpen();
        engine.starts.resume(workflowId);
    }

    /** Writes or replaces the definition of a queue; executors follow it within a second. */
    public void registerQueue(WorkflowQueue queue) {
        CurrentWorkflow.refuseOutsideSteps("registerQueue");
        engine.starts.define(queue);
        engine.executor.queuesChanged();
    }

    /** All registered queues by name. */
    public List<WorkflowQueue> listQueues() {
        return read("listQueues", () -> engine.with.database().queues());
    }

    private <T> T read(String call, Supplier<T> query) {
        CurrentWorkflow.refuseOutsideSteps(call);
        return engine.with.seams().threads().callDatabase(query);
    }

    /** Refuses what would wait for threads that do not run. */
    void requireOpen() {}

    /** Ends the connection. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) engine.close(false, false);
    }
}
