package dev.dbosj.store;

import dev.dbosj.workflow.QueueRates;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.SystemDatabaseInfo;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where workflows, checkpoints, queues and executors are stored. The memory store is the readable meaning of these
 * methods; {@code SystemDatabaseContract} in the test-jar is what every store must pass.
 *
 * <p>Every method is one transaction, blocks, and may be called from any thread. A store starts no threads. Failures
 * are {@link dev.dbosj.exceptions.SystemDatabaseException}s, whose kind says what may be assumed.
 */
public interface SystemDatabase extends AutoCloseable {
    /** So long a report counts, in seconds. */
    int REPORT_SECONDS = 15;

    /**
     * Creates or upgrades the tables, in one transaction for each version. Safe when several processes do it at once;
     * does nothing, and needs no right to create anything, when it was done before.
     */
    void migrate();

    /** The SQL scripts that {@link #migrate()} would run now, in order; empty when the tables are up to date. */
    default List<String> pendingMigrations() {
        return List.of();
    }

    /** The time by which leases, delays and durable sleeps are measured. */
    Instant now();

    /**
     * Applies a batch in one transaction and answers each command in the same position.
     *
     * <p>Commands of one owner are applied in order; once one of them was not {@link Outcome.Applied}, whatever the
     * reason, the later ones of that owner get the same outcome and are not applied. A command that has been applied
     * before, as after a lost answer, is answered {@link Outcome.Applied} and changes nothing.
     *
     * @throws dev.dbosj.exceptions.SystemDatabaseException of kind REFUSED if the data of some command is impossible
     *     to store: nothing of the batch was applied
     */
    List<Outcome> apply(List<Command> batch);

    /**
     * Takes runs over from oneself after a lost answer: raises the epoch of each workflow that this executor still owns
     * under the given epoch by exactly one, so that a late copy of the lost message is fenced. Can be repeated.
     *
     * @return the new owners of those that are still owned; the rest have been finished, released or lost
     */
    Map<Owner, Owner> renew(String executorId, Collection<Owner> owners);

    /** Makes an executor a member; its lease begins. The id has never been used. */
    void join(ExecutorInfo executor);

    /**
     * Everything periodic in one call: extends the executor's lease if asked to, and says what it must know.
     *
     * @param heartbeat whether to extend the lease
     */
    Tick tick(String executorId, boolean heartbeat);

    /**
     * Takes over up to {@code limit} workflows of an executor that is {@link ExecutorInfo#gone() gone} or whose
     * heartbeat is still the one given and older than its lease. That executor is then dead for ever: it is shown as
     * gone until none of its workflows is left, and its heartbeats and claims are refused. Each workflow
     * loses its owner, its epoch is raised, and PENDING becomes ENQUEUED at its old place, or DELAYED after the third
     * attempt without a new checkpoint; a requested resume is carried out.
     *
     * @return how many were taken over; fewer than the limit when none is left, and the executor's row is then deleted
     */
    int takeOver(ExecutorInfo dead, int limit);

    /** Ends a membership. Workflows that the executor still owns are left to be taken over once its lease has ended. */
    void leave(String executorId);

    /**
     * Claims ENQUEUED workflows of each queue: PENDING, owned, epoch raised. DELAYED ones that are due become ENQUEUED
     * first. Names outside of the request are passed over. No further workflow is claimed once the inputs of those
     * claimed hold 32 MiB.
     *
     * <p>In the order of priority and acceptance. Where some have a partition key the partitions take turns, one workflow
     * each, from the one after {@link ClaimRequest#after()} on; then at most 100 of the queue are claimed at once.
     *
     * <p>No more are claimed than the {@link WorkflowQueue#limits()} of the queue leave, and of those with a key its
     * {@link WorkflowQueue#partitionLimits()}, whoever claims at the same time: what counts is every workflow that has an
     * owner, in whatever state, and what was started within the period of a rate limit. Of a PAUSED queue none.
     */
    Claim claim(ClaimRequest request);

    /** Everything that the executor owns. */
    List<Owner> owned(String executorId);

    /**
     * A page of recorded checkpoints for each workflow, in the order of step numbers: at most {@code limit} rows, and
     * no further row once a page holds a MiB. Once all pages together hold 32 MiB the others are empty, and not the last.
     *
     * @param fromStep for each workflow id the first step number wanted
     */
    Map<String, HistoryPage> history(Map<String, Integer> fromStep, int limit);

    /**
     * What has arrived of all that is waited for: the results of terminal workflows that are not to be resumed, the latest values of events, the
     * oldest messages that were not received, in the order in which they were accepted.
     */
    List<Arrival> arrivals(Collection<? extends Awaited> awaited);

    /** The latest values of all events that a workflow has set, by key; empty for an unknown workflow. */
    Map<String, String> events(String workflowId);

    /** Lists workflows. */
    List<WorkflowStatus> workflows(WorkflowFilter filter);

    /** How many workflows there are in each state; states without any may be missing. Looks at all of them. */
    Map<WorkflowState, Long> workflowCounts();

    /** One workflow, or null. */
    WorkflowStatus workflow(String workflowId);

    /** The last 100 failed attempts of a workflow, in order; empty for an unknown workflow. */
    List<WorkflowAttempt> attempts(String workflowId);

    /** All queue definitions by name. */
    List<WorkflowQueue> queues();

    /** The queues that are not {@link QueueState#ACTIVE}, by name. */
    Map<String, QueueState> queueStates();

    /** All queues that are defined or hold anything, by name, but {@link NewWorkflow#DIRECT_QUEUE}. */
    List<QueueStats> queueStats();

    /** Writes how fast the queues go on an executor now, in the place of what it wrote before. */
    void report(String executorId, Map<String, QueueRates> rates);

    /** How fast each queue goes, by what executors have reported within the last {@value #REPORT_SECONDS} seconds. */
    Map<String, QueueRates> rates();

    /** All executors that have joined and neither left nor been taken over. */
    List<ExecutorInfo> executors();

    /** What this database is, and whether anything of its tables is missing. */
    SystemDatabaseInfo info();

    /** How many ENQUEUED workflows there are of each name that no executor knows. */
    Map<String, Long> unserved();

    /** Tells other processes, after a commit and without a promise. Does nothing where there is no such line. */
    default void announce(Set<Hint> hints) {}

    /**
     * Makes the line on which other processes are heard, without connecting it yet; null where there is none, and all is
     * found by looking.
     */
    default HintLine listen() {
        return null;
    }

    /** Releases connections and locks. Idempotent; calls under way may fail. */
    @Override
    void close();
}
