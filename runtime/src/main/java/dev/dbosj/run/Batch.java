package dev.dbosj.run;

import dev.dbosj.time.Alarms.Alarm;
import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.Functions.Proc1;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a body for several items. It has a member as long as the body runs: the last one waits for its end, so that
 * a batch holds a slot of its queue, and keeps its executor from closing, like any other step.
 */
final class Batch<A, R> {
    private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

    private final String name;
    private final Proc1<List<BatchItem<A, R>>, ?> body;
    private final Predicate<BatchedItem<A, R>> mayBegin;
    private final ReentrantLock lock;
    private final List<BatchedItem<A, R>> items = new ArrayList<>();
    private Alarm alarm;
    private Thread thread;
    private boolean closed;

    /**
     * @param mayBegin for whom the body may be called, when it is
     * @param lock guards the state of all batches and their items
     */
    Batch(
            String name,
            Proc1<List<BatchItem<A, R>>, ?> body,
            Predicate<BatchedItem<A, R>> mayBegin,
            ReentrantLock lock) {
        this.name = name;
        this.body = body;
        this.mayBegin = mayBegin;
        this.lock = lock;
    }

    String name() {
        return name;
    }

    // ---- under the lock, or before anybody else knows it -----------------------------------------------------------

    void add(BatchedItem<A, R> item) {
        item.in(this);
        items.add(item);
    }

    int size() {
        return items.size();
    }

    void beginsAt(Alarm alarm) {
        this.alarm = alarm;
    }

    /** From now on nobody joins or leaves. @return false if it was closed before, or all have left */
    boolean close() {
        if (closed) return false;
        closed = true;
        if (alarm != null) alarm.cancel();
        return !items.isEmpty();
    }

    /** It goes on at once, but the last one, which waits for the end of the body. */
    void reported(BatchedItem<A, R> item) {
        if (items.stream().allMatch(BatchedItem::isReported)) return;
        item.release();
        interruptIfGivenUp();
    }

    private void interruptIfGivenUp() {
        boolean isGivenUp = items.stream().allMatch(item -> item.isReleased() || item.isGivenUp());
        if (thread != null && isGivenUp) thread.interrupt();
    }

    // ---- from other threads ----------------------------------------------------------------------------------------

    /**
     * A workflow that is interrupted leaves. When nobody waits for the body but those who are to leave, it is interrupted.
     *
     * @return whether it may go at once; otherwise it has to wait for the body
     */
    boolean leave(BatchedItem<A, R> item) {
        lock.lock();
        try {
            if (!closed) return items.remove(item);
            if (item.isReleased()) return true;
            item.giveUp();
            interruptIfGivenUp();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Calls the body for those who may still begin; the others are sent back. */
    void run() {
        var called = openItems();
        Throwable failure = null;
        if (!called.isEmpty()) {
            try {
                body.call(List.copyOf(called));
            } catch (Throwable thrown) { // boundary: user code
                failure = thrown;
            }
        }
        end(failure);
    }

    private List<BatchedItem<A, R>> openItems() {
        lock.lock();
        try {
            var sentBack = items.stream()
                    .filter(item -> item.isGivenUp() || !mayBegin.test(item))
                    .toList();
            items.removeAll(sentBack);
            sentBack.forEach(BatchedItem::release);
            thread = Thread.currentThread();
            return List.copyOf(items);
        } finally {
            lock.unlock();
        }
    }

    /** @param failure what the body has thrown, which is the outcome of all that it has not reported; null for nothing */
    void end(Throwable failure) {
        lock.lock();
        try {
            thread = null;
            for (var item : items)
                if (!item.isReported()) item.settle(null, failure == null ? item.forgotten(name) : failure);
                else if (failure != null && !item.isReleased()) LOG.warn("step '{}': its body has failed after it had reported all"
                        + " of its items, which keep their outcomes", name, failure);
            items.stream().filter(item -> !item.isReleased()).forEach(BatchedItem::release);
        } finally {
            lock.unlock();
        }
    }
}
