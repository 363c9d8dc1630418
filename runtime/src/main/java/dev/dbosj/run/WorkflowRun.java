package dev.dbosj.run;

import dev.dbosj.code.WorkflowDefinition;
import dev.dbosj.commit.Chain;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.NonDeterministicWorkflowException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.WorkflowConflictException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Effect;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.WorkflowEvent;
import dev.dbosj.store.WorkflowMessage;
import dev.dbosj.store.WorkflowResult;
import dev.dbosj.time.Bell;
import dev.dbosj.wait.Awaiting;
import dev.dbosj.workflow.WorkflowState;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One attempt of one workflow on one virtual thread, from its claim to its outcome. What is public here is called by
 * the workflow's own thread, but for {@link #stop} and {@link #interruptBody}.
 */
public final class WorkflowRun {
    private static final Logger LOG = LoggerFactory.getLogger(WorkflowRun.class);
    private static final Duration READ_AGAIN = Duration.ofMillis(200);
    private static final int PREFETCHED_RESULTS = 256;
    private static final int REMEMBERED_CHILDREN = 10_000;

    /** Why a run must leave before its method has returned. */
    public enum End {
        /** Another executor owns the workflow, or may own it soon. */
        FENCED,
        /** A user has cancelled the workflow. */
        CANCELLED,
        /** This executor is closing. */
        SHUTDOWN
    }

    private final ClaimedWorkflow claimed;
    private final WorkflowDefinition definition;
    private final Collaborators with;
    private final Journal journal;
    private final Bell bell;
    private final Body body = new Body();
    private final Set<String> awaitableChildren = new LinkedHashSet<>();
    private Awaiting awaiting;
    private DBOSException broken;
    private boolean unwound;
    private boolean crashed;
    private boolean released;
    private boolean ended;
    private volatile End end;
    private volatile boolean running = true;

    WorkflowRun(ClaimedWorkflow claimed, WorkflowDefinition definition, HistoryPage history, String executorId, Collaborators with) {
        this.claimed = claimed;
        this.definition = definition;
        this.with = with;
        this.bell = new Bell(with.seams().time());
        var workflowId = claimed.owner().workflowId();
        this.journal = new Journal(
                new Chain(claimed.owner(), executorId),
                new History(history, this::historyFrom),
                with.commits(),
                with.seams().time());
    }

    private HistoryPage historyFrom(int step) {
        var wanted = Map.of(workflowId(), step);
        var threads = with.seams().threads();
        return patiently(() -> threads.callDatabase(() -> with.database().history(wanted, History.PAGE))).get(workflowId());
    }

    /** The workflow's id. */
    public String workflowId() {
        return claimed.owner().workflowId();
    }

    /** Whether the run is one of the engine's that has these collaborators. */
    public boolean belongsTo(Collaborators engine) {
        return with == engine;
    }

    Journal journal() {
        return journal;
    }

    Body body() {
        return body;
    }

    /** Whether the workflow's method has not ended. */
    public boolean isRunning() {
        return running;
    }

    /** Whether the thread is in a step's body. */
    public boolean isInStep() {
        return body.isOpen();
    }

    /** A key of the step whose body is running, the same at every attempt. */
    public String stepKey() {
        return workflowId() + ":" + body.step();
    }

    /** The number and attempt of the step whose body is running. */
    public Body currentStep() {
        return body;
    }

    // ---- the life of the run -------------------------------------------------------------------------------------

    /** Runs the workflow to its end. */
    void run() {
        CurrentWorkflow.bind(this);
        MDC.put("workflowId", workflowId());
        LOG.debug("'{}' begins under epoch {}", claimed.name(), claimed.owner().epoch());
        try {
            var finish = claimed.attempts() > definition.maxRecoveryAttempts() ? deadLetter() : execute();
            running = false;
            if (finish != null) conclude(finish);
            else letGo(crashed);
        } catch (VirtualMachineError crash) {
            crashed(crash);
            letGo(true);
        } finally {
            running = false;
            if (awaiting != null) awaiting.close();
            MDC.remove("workflowId");
            CurrentWorkflow.unbind();
        }
    }

    /** Runs the workflow's method; null if it was made to leave. */
    private Effect.Finish execute() {
        try {
            var types = definition.argumentTypes().toArray(Type[]::new);
            var result = definition.invoke(with.json().decodeArguments(claimed.input(), types));
            return new Effect.Finish(WorkflowState.SUCCESS, with.json().encode(result, definition.resultType()), null);
        } catch (Unwind unwind) {
            return null;
        } catch (Throwable failure) { // boundary: user code
            if (failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError)) throw (VirtualMachineError) failure;
            return failed(failure);
        }
    }

    private Effect.Finish failed(Throwable failure) {
        return new Effect.Finish(WorkflowState.ERROR, null, encoded(failure));
    }

    private String encoded(Throwable failure) {
        try {
            return with.errors().encode(failure);
        } catch (PayloadException tooLarge) {
            return with.errors().encode(tooLarge);
        }
    }

    private Effect.Finish deadLetter() {
        var reason = new WorkflowFailedException(
                ("workflow %s lost its executor %d times without completing another step, more than the %d attempts that '%s' allows."
                        + " Look at its steps, remove the cause, then resume it.")
                        .formatted(workflowId(), claimed.attempts(), definition.maxRecoveryAttempts(), definition.name()));
        LOG.error("{}", reason.getMessage());
        return new Effect.Finish(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED, null, encoded(reason));
    }

    /** The virtual machine is exhausted: this attempt comes to nothing, also when the workflow's code catches everything. */
    void crashed(VirtualMachineError crash) {
        if (!crashed) LOG.error("workflow {} exhausted the virtual machine; it will be tried again", workflowId(), crash);
        crashed = true;
        unwound = true;
    }

    private void conclude(Effect.Finish finish) {
        if (unwound) {
            letGo(crashed);
            return;
        }
        var wanted = broken == null ? finish : failed(broken);
        if (broken != null) journal.reopen();
        switch (journal.finish(wanted)) {
            case Outcome.Applied applied -> ended(wanted);
            case Outcome.Fenced fenced -> leftBehind();
            case Outcome.Cancelled cancelled -> release(false);
            case Outcome.Refused refused -> {
                journal.reopen();
                var failure = failed(explained(refused));
                if (journal.finish(failure) instanceof Outcome.Applied) ended(failure);
                else release(false);
            }
        }
    }

    private void ended(Effect.Finish finish) {
        ended = true;
        if (finish.error() != null) LOG.info("workflow {} '{}' ended in {}: {}", workflowId(), claimed.name(), finish.status(), finish.error());
        with.news().arrived(new WorkflowResult(workflowId(), finish.status(), finish.output(), finish.error()));
    }

    private void letGo(boolean countAttempt) {
        if (broken != null && !unwound) conclude(failed(broken));
        else release(countAttempt);
    }

    private void release(boolean countAttempt) {
        if (end == End.FENCED) {
            leftBehind();
            return;
        }
        journal.release(new Effect.Release(null, countAttempt));
        released = true;
    }

    /** Whether it has handed the workflow back for somebody to go on with. */
    boolean isReleased() {
        return released;
    }

    /** Whether its outcome is on disk. */
    boolean hasEnded() {
        return ended;
    }

    private void leftBehind() {
        LOG.warn("workflow {} is owned by another executor now; this attempt leaves no further trace", workflowId());
    }

    /**
     * Makes the run leave at its next durable call; waits end at once, and so does the body of a step, unless the
     * executor is closing: then steps have some time to end by themselves. The first reason counts.
     */
    void stop(End reason) {
        if (end == null || reason == End.FENCED) end = reason;
        bell.ring();
        if (reason != End.SHUTDOWN) body.interrupt();
    }

    /** Interrupts the step's body that is running, if there is one. */
    void interruptBody() {
        body.interrupt();
    }

    // ---- durable calls of the workflow's own thread --------------------------------------------------------------

    /** What is recorded under the number, or null; a mismatch breaks the run for good. */
    Checkpoint recorded(int step, String name) {
        var checkpoint = journal.recorded(step);
        if (checkpoint != null && !checkpoint.name().equals(name)) throw mismatch(step, checkpoint.name(), name);
        return checkpoint;
    }

    /** Breaks the run for good: the code asks for another operation than the recorded one. */
    NonDeterministicWorkflowException mismatch(int step, String recorded, String asked) {
        var mismatch = Journal.mismatch(workflowId(), step, recorded, asked);
        broken = mismatch;
        return mismatch;
    }

    /** Begins a durable call: takes a step number, unless the run must leave. */
    int beginOperation() {
        checkEnd();
        return journal.nextStep();
    }

    /** Leaves if the run must. */
    void checkEnd() {
        unwound |= end != null;
        if (unwound) throw new Unwind("workflow " + workflowId() + ": " + end);
        if (broken != null) throw new Unwind("workflow " + workflowId() + " is broken: " + broken.getMessage());
    }

    /** Waits until everything that this run has issued is durable; leaves if some of it was not accepted. */
    void barrier() {
        switch (journal.barrier()) {
            case Outcome.Applied applied -> {}
            case Outcome.Fenced fenced -> stop(End.FENCED);
            case Outcome.Cancelled cancelled -> stop(End.CANCELLED);
            case Outcome.Refused refused -> broken = explained(refused);
        }
        checkEnd();
    }

    private DBOSException explained(Outcome.Refused refused) {
        var message = "workflow %s: %s".formatted(workflowId(), refused.detail());
        return switch (refused.reason()) {
            case ID_TAKEN -> new WorkflowConflictException(message + "; choose another workflow id");
            case BAD_DATA -> new PayloadException("the system database cannot store what " + message);
            case STEP_TAKEN, NO_SUCH_WORKFLOW, NO_SUCH_QUEUE, NO_SUCH_MESSAGE, QUEUE_FULL, KEY_HELD, TOO_LATE ->
                new SystemDatabaseException(SystemDatabaseException.Kind.REFUSED, message);
        };
    }

    /**
     * Parks until the condition holds, for which somebody rings the run's bell.
     *
     * @param atMost null to wait for ever
     * @return whether it holds
     */
    boolean await(BooleanSupplier condition, Duration atMost) {
        if (condition.getAsBoolean()) return true;
        barrier();
        var time = with.seams().time();
        long deadline = atMost == null ? 0 : time.nanos() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            checkEnd();
            var left = atMost == null ? null : Duration.ofNanos(deadline - time.nanos());
            if (left != null && !left.isPositive()) return false;
            bell.await(left);
        }
        return true;
    }

    /**
     * Parks until the condition holds, or the database's clock has come so far.
     *
     * @return whether it holds
     */
    boolean awaitUntil(BooleanSupplier condition, Instant deadline) {
        for (var left = left(deadline); left.isPositive(); left = left(deadline)) if (await(condition, left)) return true;
        return false;
    }

    private Duration left(Instant deadline) {
        return Duration.between(databaseTime(), deadline);
    }

    Instant databaseTime() {
        return patiently(() -> with.seams().threads().callDatabase(with.database()::now));
    }

    /** Reads on behalf of workflow code: while the database is away, the workflow waits. */
    <T> T patiently(Supplier<T> read) {
        while (true) {
            try {
                return read.get();
            } catch (SystemDatabaseException failure) {
                if (failure.kind() == SystemDatabaseException.Kind.REFUSED) throw failure;
                LOG.debug("workflow {} reads again in {}: {}", workflowId(), READ_AGAIN, failure.getMessage());
                await(() -> false, READ_AGAIN);
            }
        }
    }

    /** A child was started; its result is likely to be asked for. */
    void remember(String childId) {
        if (awaitableChildren.size() < REMEMBERED_CHILDREN) awaitableChildren.add(childId);
    }

    /** Waits for a workflow's result, and for those of other children along with it; null if the time has passed. */
    WorkflowResult awaitResult(String workflowId, Duration atMost) {
        var wanted = new Awaited.Result(workflowId);
        if (awaiting == null || !awaiting.covers(wanted) || isOldNews(awaiting.result(workflowId))) {
            if (awaiting != null) awaiting.close();
            awaiting = with.waiter().await(withSiblings(wanted), bell);
        }
        await(() -> awaiting.result(workflowId) != null, atMost);
        awaitableChildren.remove(workflowId);
        return awaiting.result(workflowId);
    }

    /** A child may have been resumed since it was found cancelled or dead. */
    private static boolean isOldNews(WorkflowResult result) {
        return result != null && !result.isFinal();
    }

    private List<Awaited> withSiblings(Awaited.Result wanted) {
        var all = new ArrayList<Awaited>();
        all.add(wanted);
        for (var child : awaitableChildren) {
            if (all.size() == PREFETCHED_RESULTS) break;
            if (!child.equals(wanted.workflowId())) all.add(new Awaited.Result(child));
        }
        return all;
    }

    /** Waits for an event, or for the end of the workflow that does not set it any more; null if there is none. */
    WorkflowEvent awaitEvent(Awaited.Event wanted, Duration atMost) {
        var ended = new Awaited.Result(wanted.workflowId());
        try (var waiting = with.waiter().await(List.of(wanted, ended), bell)) {
            await(() -> EventCalls.isDecided(waiting, wanted), atMost);
            return waiting.event(wanted.workflowId(), wanted.key());
        }
    }

    /** Waits for the oldest message until a time by the database's clock; null if none has come. */
    WorkflowMessage awaitMessage(Awaited.Message wanted, Instant deadline) {
        try (var waiting = with.waiter().await(List.of(wanted), bell)) {
            awaitUntil(() -> waiting.message(wanted) != null, deadline);
            return waiting.message(wanted);
        }
    }

    /** Appends the checkpoint of an operation that has just happened, without waiting for its commit. */
    void record(int step, String name, String output, String error, String childId, Instant startedAt) {
        journal.append(new Checkpoint(step, name, output, error, childId, startedAt, journal.now()), Effect.NOTHING);
    }
}
