package dev.dbosj;

import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.run.CurrentWorkflow;
import dev.dbosj.time.Seams;
import dev.dbosj.workflow.ExecutorStatus;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.Redrive;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.SystemDatabaseInfo;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;

/**
 * Everything that needs no workflow code: enqueueing by name, looking up, listing, reading events, sending messages,
 * cancelling, resuming. It claims nothing and may be used before any executor exists. Thread-safe; to be closed.
 *
 * <p>In a workflow these calls are refused outside of a step, because their answers are not recorded. All of them throw
 * {@link dev.dbosj.exceptions.SystemDatabaseException} if the system database cannot be read.
 */
public class DBOSClient implements AutoCloseable {
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
        return connect(DBOSConfig.named("client").databaseUrl(url));
    }

    /** Connects through connections of the user's own, which are not closed with the client. */
    public static DBOSClient connect(DataSource connections) {
        return connect(DBOSConfig.named("client").dataSource(connections));
    }

    /** Connects with the settings of a runtime; those that concern workflow code have no effect. */
    public static DBOSClient connect(DBOSConfig config) {
        var seams = Seams.system();
        var engine = new Assembly(config, seams, Assembly.open(config, seams));
        var client = new DBOSClient(engine);
        try {
            engine.connect();
            return client;
        } catch (RuntimeException failure) {
            client.close();
            throw failure;
        }
    }

    // ---- tables --------------------------------------------------------------------------------------------------

    /** The SQL scripts that would bring the tables up to date, in order; empty if they are. Changes nothing. */
    public static List<String> pendingMigrations(DBOSConfig config) {
        try (var database = Assembly.open(config, Seams.system())) {
            return database.pendingMigrations();
        }
    }

    /** Creates or upgrades the tables. Safe when several processes do it at once; nothing happens if it was done. */
    public static void migrate(DBOSConfig config) {
        try (var database = Assembly.open(config, Seams.system())) {
            database.migrate();
        }
    }

    // ---- starting ------------------------------------------------------------------------------------------------

    /**
     * Enqueues a workflow by name, for an executor elsewhere that knows the name. On disk when this returns. A queue
     * that is not registered yet is accepted: its executors may be launched later.
     *
     * @param arguments text, numbers, records, or collections and maps of plain data
     * @return a handle whose result is plain data; {@link #retrieveWorkflow} gives a typed one
     * @throws dev.dbosj.exceptions.PayloadException if an argument cannot be stored
     */
    public WorkflowHandle<Object> enqueue(String queueName, String workflowName, Object... arguments) {
        return enqueue(WorkflowOptions.defaults(), queueName, workflowName, arguments);
    }

    /**
     * The same with options. An id that exists joins the existing workflow.
     *
     * @throws dev.dbosj.exceptions.WorkflowConflictException if the id belongs to a workflow of another name
     */
    public WorkflowHandle<Object> enqueue(
            WorkflowOptions options, String queueName, String workflowName, Object... arguments) {
        return enqueueAll(options, queueName, workflowName, List.<Object[]>of(arguments)).getFirst();
    }

    /** Enqueues one workflow for each argument, by name; ten thousand cost a handful of commits. */
    public List<WorkflowHandle<Object>> enqueueAll(String queueName, String workflowName, Collection<?> arguments) {
        var lists = arguments.stream().map(argument -> new Object[] {argument}).toList();
        return lists.isEmpty() ? List.of() : enqueueAll(WorkflowOptions.defaults(), queueName, workflowName, lists);
    }

    private List<WorkflowHandle<Object>> enqueueAll(
            WorkflowOptions options, String queueName, String workflowName, List<Object[]> argumentLists) {
        requireOpen();
        return engine.starts.enqueueByName(queueName, requiresQueues(), workflowName, options, argumentLists).stream()
                .map(id -> engine.starts.<Object>handle(id, Object.class))
                .toList();
    }

    /** Whether a queue that nobody has registered is more likely a mistake. */
    boolean requiresQueues() {
        return false;
    }

    // ---- looking -------------------------------------------------------------------------------------------------

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
        return engine.lookups.workflow(workflowId);
    }

    /**
     * The workflows that the filter lets through. A page begins behind the last workflow of the one before, see
     * {@link WorkflowFilter#after()}.
     *
     * @throws NoSuchWorkflowException if it is to begin behind one that does not exist
     */
    public List<WorkflowStatus> listWorkflows(WorkflowFilter filter) {
        return engine.lookups.workflows(filter);
    }

    /** How many workflows there are in each state. All of them are counted: a million takes some tenths of a second. */
    public Map<WorkflowState, Long> countWorkflows() {
        return engine.lookups.counts();
    }

    /**
     * All that a workflow has recorded, in the order of step numbers.
     *
     * @throws NoSuchWorkflowException if there is none
     */
    public List<StepInfo> listWorkflowSteps(String workflowId) {
        return engine.lookups.steps(workflowId);
    }

    /**
     * The attempts of a workflow that have failed, each with its error, in order: the last 100.
     *
     * @throws NoSuchWorkflowException if there is none
     */
    public List<WorkflowAttempt> listWorkflowAttempts(String workflowId) {
        return engine.lookups.attempts(workflowId);
    }

    // ---- events --------------------------------------------------------------------------------------------------

    /**
     * The latest value of an event.
     *
     * @param timeout how long to wait until it is set, 0 or more; a workflow that has ended is not waited for
     * @return empty if it was not set by then, also if there is no such workflow
     * @throws dev.dbosj.exceptions.PayloadException if the value is not of the type
     */
    public <T> Optional<T> getEvent(String workflowId, String key, Class<T> type, Duration timeout) {
        requireOpen();
        return engine.events.get(workflowId, key, type, timeout).map(type::cast);
    }

    /** The same for a value whose type is generic. */
    @SuppressWarnings("unchecked") // the codec makes a value of the type, or throws
    public <T> Optional<T> getEvent(String workflowId, String key, TypeRef<T> type, Duration timeout) {
        requireOpen();
        return (Optional<T>) engine.events.get(workflowId, key, type.type(), timeout);
    }

    /**
     * The latest value of one event of many workflows, by workflow id, without those that have not set it. One query.
     *
     * @throws dev.dbosj.exceptions.PayloadException if one of the values is not of the type
     */
    @SuppressWarnings("unchecked") // as above
    public <T> Map<String, T> getEvents(Collection<String> workflowIds, String key, Class<T> type) {
        CurrentWorkflow.refuseOutsideSteps("getEvents");
        return (Map<String, T>) engine.events.getAll(workflowIds, key, type);
    }

    /** The latest values of all events of a workflow, as JSON by key; empty if there is no such workflow. */
    public Map<String, String> getEvents(String workflowId) {
        return engine.lookups.events(workflowId);
    }

    // ---- messages ------------------------------------------------------------------------------------------------

    /**
     * Sends a message to a workflow, which receives it once, with {@link DBOS#recv}; also to one that has not begun, or
     * that has ended: then it is kept, for a workflow that is resumed. On disk when this returns.
     *
     * @param message text, a number, a record, or a collection or map of plain data; not null
     * @param topic what it is about, 1 to 255 characters; each topic is received by itself. Null for none.
     * @throws NoSuchWorkflowException if there is no such workflow
     * @throws dev.dbosj.exceptions.PayloadException if the message cannot be stored
     */
    public void send(String workflowId, Object message, String topic) {
        send(workflowId, message, topic, null);
    }

    /** The same without a topic. */
    public void send(String workflowId, Object message) {
        send(workflowId, message, null, null);
    }

    /**
     * The same so that it can be repeated: of all that are sent to one workflow under one key, the first is kept.
     *
     * @param idempotencyKey 1 to 255 characters; null for none
     */
    public void send(String workflowId, Object message, String topic, String idempotencyKey) {
        send(workflowId, message, (Type) null, topic, idempotencyKey);
    }

    /** The same for a message whose type is generic or a sealed interface. */
    public <T> void send(String workflowId, T message, TypeRef<T> type, String topic, String idempotencyKey) {
        send(workflowId, message, type.type(), topic, idempotencyKey);
    }

    private void send(String workflowId, Object message, Type type, String topic, String idempotencyKey) {
        CurrentWorkflow.refuseOutsideSteps("send by a client");
        requireOpen();
        engine.messages.send(workflowId, message, type, topic, idempotencyKey);
    }

    // ---- changing ------------------------------------------------------------------------------------------------

    /**
     * Cancels a workflow and all its descendants that have not ended. On disk when this returns; an executor begins no
     * further step of it once it has learnt of it, within a second, and interrupts the one that is running: what that
     * returns all the same is recorded, what it throws is not. @throws NoSuchWorkflowException if there is none
     */
    public void cancelWorkflow(String workflowId) {
        requireOpen();
        engine.starts.cancel(List.of(workflowId));
    }

    /**
     * Resumes a workflow that is cancelled or a dead letter, and such descendants of it, where they stopped; nothing
     * happens to others. The attempts of its retry policy are counted anew.
     *
     * @throws NoSuchWorkflowException if there is none
     */
    public void resumeWorkflow(String workflowId) {
        requireOpen();
        engine.starts.resume(List.of(workflowId));
    }

    /**
     * Cancels, as {@link #cancelWorkflow} does, the workflows that the filter lets through and that have not ended, in
     * its order and at most as many as its limit says; a hundred or so at once, each on disk before the next.
     *
     * @return the ids of all that were changed, descendants included
     */
    public List<String> cancelWorkflows(WorkflowFilter filter) {
        requireOpen();
        return engine.bulkChanges.cancel(filter);
    }

    /**
     * Resumes in the same way those that are cancelled or dead letters.
     *
     * @return the ids of all that were changed, descendants included
     */
    public List<String> resumeWorkflows(WorkflowFilter filter) {
        requireOpen();
        return engine.bulkChanges.resume(filter);
    }

    /** {@link #redriveWorkflow(String, Redrive)} as it is: at once, with the same arguments, from where it failed. */
    public boolean redriveWorkflow(String workflowId) {
        return redriveWorkflow(workflowId, Redrive.asItIs());
    }

    /**
     * Lets a dead letter be tried again, at its old place in its queue; the attempts of its retry policy are counted
     * anew. The recorded exception that was its undoing is forgotten, and that operation runs again; all other steps
     * keep their outcomes, unless it is redriven from an earlier one. On disk when this returns.
     *
     * <p>What is redriven from a step on loses the children too that it has started there, with all their descendants,
     * but for those with an id of the user's choice, which it joins again. Its events stay as they are, and messages
     * that it has received there do not come again.
     *
     * @return whether it was a dead letter; otherwise nothing happens
     * @throws NoSuchWorkflowException if there is none
     * @throws dev.dbosj.exceptions.WorkflowActiveException if such a child or descendant has not ended, or was taken up
     *     more than once, so that a process that was stopped may still run it; nothing happens
     * @throws dev.dbosj.exceptions.PayloadException if an argument cannot be stored
     */
    public boolean redriveWorkflow(String workflowId, Redrive how) {
        requireOpen();
        return engine.deadLetters.redrive(workflowId, how);
    }

    /**
     * Lets all dead letters that the filter lets through, up to its limit, be tried again as they are, in its order;
     * the states that it names do not matter. A thousand cost a commit: if the process dies in between, the rest are
     * dead letters still.
     *
     * @return the ids of those that were redriven
     */
    public List<String> redriveWorkflows(WorkflowFilter filter) {
        requireOpen();
        return engine.deadLetters.redrive(filter, null);
    }

    /** The same spread over time: one after the other becomes claimable, so many in each such time. */
    public List<String> redriveWorkflows(WorkflowFilter filter, RateLimit rate) {
        requireOpen();
        return engine.deadLetters.redrive(filter, Objects.requireNonNull(rate, "rate"));
    }

    /**
     * Removes a dead letter with all that is recorded about it; its children have no parent any more. Its id is free
     * again: use it for something else only when no process can be left that ran the old one, stopped or asleep.
     *
     * @return whether it is gone: what is no dead letter stays, and so does one whose parent has not
     *     returned or thrown: it may wait for the result
     * @throws NoSuchWorkflowException if there is none
     */
    public boolean purgeWorkflow(String workflowId) {
        requireOpen();
        return engine.deadLetters.purge(workflowId);
    }

    /**
     * Removes all dead letters that the filter lets through, up to its limit, as {@link #purgeWorkflow} does; the
     * states that it names do not matter.
     *
     * @return the ids of those that are gone
     */
    public List<String> purgeWorkflows(WorkflowFilter filter) {
        requireOpen();
        return engine.deadLetters.purge(filter);
    }

    /** Writes or replaces the definition of a queue; executors follow it within a second. */
    public void registerQueue(WorkflowQueue queue) {
        engine.queueControl.define(queue);
    }

    /** All registered queues by name. */
    public List<WorkflowQueue> listQueues() {
        return engine.lookups.queues();
    }

    /**
     * Lets nothing of a queue start any more; what runs goes on, and new workflows are accepted. Executors follow with
     * their next claim. A new definition of the queue changes nothing about that.
     *
     * @throws dev.dbosj.exceptions.QueueNotRegisteredException if there is no such queue
     */
    public void pauseQueue(String queueName) {
        steer(queueName, QueueState.PAUSED);
    }

    /** Ends a pause or a drain. @throws dev.dbosj.exceptions.QueueNotRegisteredException if there is no such queue */
    public void resumeQueue(String queueName) {
        steer(queueName, QueueState.ACTIVE);
    }

    /**
     * Lets a queue take nothing more from outside, within a second, and waits until what it holds has ended. Workflows
     * that run may still put children on it. It stays so until {@link #resumeQueue}.
     *
     * @param timeout how long to wait, 0 or more
     * @return whether it was empty by then
     * @throws dev.dbosj.exceptions.QueueNotRegisteredException if there is no such queue
     */
    public boolean drainQueue(String queueName, Duration timeout) {
        requireOpen();
        return engine.queueControl.drain(queueName, timeout);
    }

    private void steer(String queueName, QueueState state) {
        requireOpen();
        engine.queueControl.steer(queueName, state);
    }

    /** What waits and runs on each queue, by name. Counts no workflow that has ended. */
    public List<QueueStats> queueStats() {
        return engine.lookups.queueStats();
    }

    // ---- the fleet and its database ------------------------------------------------------------------------------

    /** All executors that have been launched and neither been shut down nor been replaced, oldest first. */
    public List<ExecutorStatus> listExecutors() {
        return engine.lookups.executors();
    }

    /** How many ENQUEUED workflows there are of each name that no executor knows: they wait for one that does. */
    public Map<String, Long> unservedWorkflows() {
        return engine.lookups.unserved();
    }

    /** What the system database is, and whether anything of its tables is missing. */
    public SystemDatabaseInfo databaseInfo() {
        return engine.lookups.database();
    }

    /** Refuses what would wait for threads that do not run. */
    void requireOpen() {}

    /** Ends the connection. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) engine.close(false, false);
    }
}
