package dev.dbosj.run;

import dev.dbosj.time.Alarms;
import dev.dbosj.time.Seams;
import dev.dbosj.workflow.BatchOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Brings steps of several workflows of this process together that have the same body. It knows nothing of the system
 * database: each workflow records its own outcome, as of any step. Thread-safe.
 */
final class Batches {
    /** Those with the same body and the same options come together. */
    private record Kind(Object body, BatchOptions options) {}

    private final Seams seams;
    private final BodyGate gate;
    private final Alarms alarms;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Kind, Batch<?, ?>> gathering = new HashMap<>();

    Batches(Seams seams, BodyGate gate, Alarms alarms) {
        this.seams = seams;
        this.gate = gate;
        this.alarms = alarms;
    }

    /**
     * Joins a batch on behalf of the step whose body is running.
     *
     * @param alone whether the value goes by itself, at once
     */
    <A, R> BatchedItem<A, R> join(WorkflowRun run, String name, BatchBody<A, R> body, boolean alone, A value) {
        var item = new BatchedItem<A, R>(value, run, seams.time(), lock);
        var kind = new Kind(body.identity(), body.options());
        Batch<A, R> full = null;
        lock.lock();
        try {
            var batch = alone ? batchOf(name, body) : gathering(kind, name, body);
            batch.add(item);
            if (alone || batch.size() == body.options().maxItems()) {
                close(kind, batch);
                full = batch;
            }
        } finally {
            lock.unlock();
        }
        if (full != null) start(full);
        return item;
    }

    private <A, R> Batch<A, R> batchOf(String name, BatchBody<A, R> body) {
        return new Batch<>(name, body.call(), item -> item.mayBegin(gate), lock);
    }

    /** The body is the same, so the types are. */
    @SuppressWarnings("unchecked")
    private <A, R> Batch<A, R> gathering(Kind kind, String name, BatchBody<A, R> body) {
        var known = (Batch<A, R>) gathering.get(kind);
        if (known != null) return known;
        var batch = batchOf(name, body);
        gathering.put(kind, batch);
        batch.beginsAt(alarms.after(body.options().maxWait(), () -> startInTime(kind, batch)));
        return batch;
    }

    /** On the thread of the alarms. */
    private void startInTime(Kind kind, Batch<?, ?> batch) {
        lock.lock();
        try {
            if (!close(kind, batch)) return;
        } finally {
            lock.unlock();
        }
        start(batch);
    }

    /** Under the lock: from now on nobody joins or leaves. @return whether there is anything to start */
    private boolean close(Kind kind, Batch<?, ?> batch) {
        gathering.remove(kind, batch);
        return batch.close();
    }

    private void start(Batch<?, ?> batch) {
        try {
            seams.threads().startWorkflow("batch-" + batch.name(), batch::run);
        } catch (Throwable failure) { // for want of memory: those who wait must hear of it
            batch.end(failure);
        }
    }
}
