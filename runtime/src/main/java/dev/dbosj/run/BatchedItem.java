package dev.dbosj.run;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.time.Bell;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.Functions.Proc1;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One workflow's part in a batch: its own thread waits here until the batch lets it go. What is said of it is guarded
 * by the lock of all batches.
 */
public final class BatchedItem<A, R> implements BatchItem<A, R> {
    private final A value;
    private final WorkflowRun run;
    private final String stepKey;
    private final int attempt;
    private final Bell bell;
    private final ReentrantLock lock;
    private Batch<A, R> batch;
    private boolean reported;
    private boolean givenUp;
    private boolean released;
    private R result;
    private Throwable failure;

    /** @param run whose step's body is running; null outside of a workflow */
    BatchedItem(A value, WorkflowRun run, Time time, ReentrantLock lock) {
        this.value = value;
        this.run = run;
        this.stepKey = run == null ? null : run.stepKey();
        this.attempt = run == null ? 1 : run.currentStep().attempt();
        this.bell = new Bell(time);
        this.lock = lock;
    }

    /** Calls the body on the calling thread for this value alone. @param run null outside of a workflow */
    public static <A, R> R callPlainly(Proc1<List<BatchItem<A, R>>, ?> body, A value, WorkflowRun run) throws Exception {
        var lock = new ReentrantLock();
        var item = new BatchedItem<A, R>(value, run, Time.system(), lock);
        var batch = new Batch<>("the step", body, any -> true, lock);
        batch.add(item);
        batch.close();
        batch.run();
        return item.outcome();
    }

    @Override
    public A value() {
        return value;
    }

    @Override
    public String workflowId() {
        return run == null ? null : run.workflowId();
    }

    @Override
    public String stepKey() {
        return stepKey;
    }

    @Override
    public int attempt() {
        return attempt;
    }

    /** Whether its workflow is to go on, and its lease is known to hold. */
    boolean mayBegin(BodyGate gate) {
        return !run.mustLeave() && gate.mayBegin(run.journal().chain().executorId());
    }

    @Override
    public void complete(R value) {
        report(value, null);
    }

    @Override
    public void fail(Exception failure) {
        report(null, Objects.requireNonNull(failure, "failure"));
    }

    private void report(R value, Throwable thrown) {
        lock.lock();
        try {
            if (reported)
                throw new IllegalStateException("the item of step " + stepKey + " was reported before, or its batch has ended");
            settle(value, thrown);
            batch.reported(this);
        } finally {
            lock.unlock();
        }
    }

    // ---- under the lock ------------------------------------------------------------------------------------------

    void in(Batch<A, R> joined) {
        batch = joined;
    }

    void settle(R value, Throwable thrown) {
        reported = true;
        result = value;
        failure = thrown;
    }

    boolean isReported() {
        return reported;
    }

    void giveUp() {
        givenUp = true;
    }

    boolean isGivenUp() {
        return givenUp;
    }

    boolean isReleased() {
        return released;
    }

    void release() {
        released = true;
        bell.ring();
    }

    // ---- on the workflow's own thread ------------------------------------------------------------------------------

    /**
     * Waits until the batch lets it go. Who is interrupted leaves a batch that has not begun; otherwise it waits for the
     * body, and takes what that has come to, as from any body that is interrupted.
     *
     * @return whether there is an outcome; otherwise the body was not called for it
     */
    boolean await() throws InterruptedException {
        boolean interrupted = false;
        while (!isFree()) {
            try {
                if (interrupted) bell.await();
                else bell.awaitInterruptibly(null);
            } catch (InterruptedException interrupt) {
                if (batch.leave(this)) throw interrupt;
                interrupted = true;
            }
        }
        if (interrupted && !reported) throw new InterruptedException();
        return reported;
    }

    private boolean isFree() {
        lock.lock();
        try {
            return released;
        } finally {
            lock.unlock();
        }
    }

    /** What was reported. */
    R outcome() throws Exception {
        return switch (failure) {
            case null -> result;
            case Exception exception -> throw exception;
            case Error error -> throw error;
            default -> throw new UndeclaredThrowableException(failure);
        };
    }

    MisuseException forgotten(String name) {
        return new MisuseException(
                ("step '%s': its body has returned without a word about the item of step %s: call complete(…) or fail(…) for"
                        + " each item").formatted(name, stepKey));
    }
}
