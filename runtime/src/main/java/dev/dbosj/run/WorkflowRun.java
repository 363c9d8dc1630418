package dev.dbosj.run;

import dev.dbosj.code.WorkflowDefinition;
import dev.dbosj.commit.Chain;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.NonDeterministicWorkflowException;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Effect;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.WorkflowEvent;
import dev.dbosj.store.WorkflowMessage;
import dev.dbosj.store.WorkflowResult;
import dev.dbosj.time.Alarms;
import dev.dbosj.time.Bell;
import dev.dbosj.workflow.WorkflowState;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
    /** How long a body may take to obey an interrupt before somebody should hear of it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration READ_AGAIN = Duration.ofMillis(200);

    /** Why a run must leave before its method has returned. */
    public enum End {
        /** Another executor owns the workflow, or may own it soon. */
        FENCED,
        /** A user has cancelled the workflow. */
        CANCELLED,
        /** This executor is closing. */
        SHUTDOWN,
        /** The attempt has taken too long. */
        TIMED_OUT
    }

    private final ClaimedWorkflow claimed;
    private final WorkflowDefinition definition;
    private final Collaborators with;
    private final Journal journal;
    private final Bell bell;
    private final Body body = new Body();
    private final Failures failures;
    private final AttemptTimer timer;
    private final KnownQueues queues;
    private final ChildResults results;
    private DBOSException broken;
    private boolean unwound;
    private boolean crashed;
    private boolean released;
    private boolean ended;
    private volatile End end;
    private volatile boolean running = true;

    WorkflowRun(
            ClaimedWorkflow claimed, WorkflowDefinition definition, HistoryPage history, String executorId, Collaborators with,
            KnownQueues queues, Alarms alarms) {
        this.claimed = claimed;
        this.definition = definition;
        this.with = with;
        this.queues = queues;
        this.bell = new Bell(with.seams().time());
        this.results = new ChildResults(with.waiter(), with.news(), bell);
        this.journal = new Journal(
                new Chain(claimed.owner(), executorId),
                new History(history, this::historyFrom),
                with.commits(),
                with.seams().time());
        this.failures = new Failures(claimed, definition, with, queues, bell, () -> end != null && end != End.TIMED_OUT);
        this.timer = new AttemptTimer(alarms, () -> timeOut(alarms));
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
            var ending = claimed.attempts() > definition.maxRecoveryAttempts() ? failures.ofLosses() : execute();
            running = false;
            timer.end();
            if (ending != null) conclude(ending);
            else letGo(crashed);
        } catch (VirtualMachineError crash) {
            crashed(crash);
            letGo(true);
        } finally {
            running = false;
            timer.end();
            results.close();
            MDC.remove("workflowId");
            CurrentWorkflow.unbind();
        }
    }

    /** Runs the workflow's method; null if it was made to leave. */
    private Effect execute() {
        var queue = queues.find(claimed.queueName());
        if (queue != null && queue.attemptTimeout() != null) timer.begin(queue.attemptTimeout());
        try {
            var types = definition.argumentTypes().toArray(Type[]::new);
            var result = definition.invoke(with.json().decodeArguments(claimed.input(), types));
            return new Effect.Finish(WorkflowState.SUCCESS, with.json().encode(result, definition.resultType()), null);
        } catch (Unwind unwind) {
            return null;
        } catch (Throwable failure) { // boundary: user code
            if (failure instanceof VirtualMachineError && !(failure instanceof StackOverflowError)) throw (VirtualMachineError) failure;
            return unwound || broken != null ? null : failures.of(failure, journal.begun());
        }
    }

    /** The virtual machine is exhausted: this attempt comes to nothing, also when the workflow's code catches everything. */
    void crashed(VirtualMachineError crash) {
        if (!crashed) LOG.error("workflow {} exhausted the virtual machine; it will be tried again", workflowId(), crash);
        crashed = true;
        unwound = true;
    }

    private void conclude(Effect ending) {
        if (unwound || broken != null) letGo(crashed);
        else end(ending);
    }

    private void end(Effect wanted) {
        switch (journal.end(wanted)) {
            case Outcome.Applied applied -> ended(wanted);
            case Outcome.Fenced fenced -> leftBehind();
            case Outcome.Cancelled cancelled -> release(false);
            case Outcome.Refused refused -> {
                journal.reopen();
                var failure = failures.ofBroken(failures.explained(refused));
                if (journal.end(failure) instanceof Outcome.Applied) ended(failure);
                else release(false);
            }
        }
    }

    private void ended(Effect ending) {
        switch (ending) {
            case Effect.Finish finish -> arrived(finish.status(), finish.output(), finish.error());
            case Effect.Fail fail when fail.pause() == null ->
                arrived(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED, null, fail.error());
            default -> released = true;
        }
    }

    private void arrived(WorkflowState status, String output, String error) {
        ended = true;
        if (error != null) LOG.info("workflow {} '{}' ended in {}: {}", workflowId(), claimed.name(), status, error);
        with.news().arrived(new WorkflowResult(workflowId(), status, output, error));
    }

    private void letGo(boolean countAttempt) {
        var ending = countAttempt ? null : failure();
        if (ending == null) {
            release(countAttempt);
            return;
        }
        if (broken != null) journal.reopen();
        end(ending);
    }

    /** What has ended the run, if it is the workflow's own fault, and known before it must leave. */
    private Effect failure() {
        if (end == End.TIMED_OUT) return failures.ofTimeout();
        return broken != null && !unwound ? failures.ofBroken(broken) : null;
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
        if (end == null || end == End.TIMED_OUT || reason == End.FENCED) end = reason;
        bell.ring();
        if (reason != End.SHUTDOWN) body.interrupt();
    }

    /** On the thread of the alarms. */
    private void timeOut(Alarms alarms) {
        if (end != null || !running) return;
        LOG.info("an attempt of workflow {} '{}' has taken too long; it is interrupted", workflowId(), claimed.name());
        stop(End.TIMED_OUT);
        alarms.after(PATIENCE, () -> {
            if (body.isOpen())
                LOG.warn("workflow {} '{}' was interrupted after the attempt time-out of its queue, and {} later its step '{}' is"
                        + " still running: it ignores the interrupt, and keeps its slot until it ends",
                        workflowId(), claimed.name(), PATIENCE, body.step());
        });
    }

    /** Gives the attempt so much time from now on, if its time is limited. */
    public void extendAttempt(Duration timeout) {
        timer.extend(timeout);
    }

    /** Interrupts the step's body that is running, if there is one. */
    void interruptBody() {
        body.interrupt();
    }

    // ---- durable calls of the workflow's own thread --------------------------------------------------------------

    /** Remembers that the workflow sees the exception that is recorded under the number. @return the same */
    <X extends Throwable> X threw(int step, String error, X exception) {
        failures.threw(step, journal.begun(), error, exception);
        return exception;
    }

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

    /** Whether it must leave, and may begin nothing more. */
    boolean mustLeave() {
        return end != null;
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
            case Outcome.Refused refused -> broken = failures.explained(refused);
        }
        checkEnd();
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
        results.remember(childId);
    }

    /** Waits for a workflow's result; null if the time has passed. */
    WorkflowResult awaitResult(String workflowId, Duration atMost) {
        results.ask(workflowId);
        await(() -> results.get(workflowId) != null, atMost);
        results.forget(workflowId);
        return results.get(workflowId);
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
