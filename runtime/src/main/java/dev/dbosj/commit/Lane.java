package dev.dbosj.commit;

import dev.dbosj.store.Outcome;
import dev.dbosj.time.Bell;
import dev.dbosj.time.Time;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where commands wait for one writer. There is no artificial delay: a lone command is taken at once, and batches form
 * by themselves while the previous commit is under way. Thread-safe.
 */
final class Lane {
    private static final int MAX_BATCH = 2000;
    private static final long MAX_BATCH_BYTES = 4 << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Chain> ready = new ArrayDeque<>();
    private final Bell writer;
    private boolean closed;

    Lane(Time time) {
        writer = new Bell(time);
    }

    /** Appends a command behind those of its run. */
    void append(Pending pending) {
        var verdict = verdictOrQueue(pending);
        if (verdict == null) writer.ring();
        else pending.complete(verdict);
    }

    private Outcome verdictOrQueue(Pending pending) {
        var chain = pending.chain();
        lock.lock();
        try {
            if (closed) return new Outcome.Fenced(-1);
            if (chain.verdict != null) return chain.verdict;
            chain.waiting.add(pending);
            queue(chain);
            return null;
        } finally {
            lock.unlock();
        }
    }

    private void queue(Chain chain) {
        if (chain.queued) return;
        chain.queued = true;
        ready.add(chain);
    }

    /** Puts commands of one run back to the front of its chain: others go first. */
    void putBack(List<Pending> batch) {
        var chain = batch.getFirst().chain();
        lock.lock();
        try {
            batch.reversed().forEach(chain.waiting::addFirst);
            queue(chain);
        } finally {
            lock.unlock();
        }
    }

    /** Lets a run go on after a refusal that was its own to handle; what came behind the refused command is lost. */
    void reopen(Chain chain) {
        lock.lock();
        try {
            if (chain.verdict instanceof Outcome.Refused) chain.verdict = null;
        } finally {
            lock.unlock();
        }
    }

    /** From now on nothing is accepted; the writer ends when it has applied what waits. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        writer.ring();
    }

    /** The writer has died: nothing is accepted any more, and whoever waits hears that it was not. */
    void abandon(List<Pending> batch) {
        var abandoned = new ArrayList<>(batch);
        lock.lock();
        try {
            closed = true;
            for (var chain : ready) abandoned.addAll(chain.waiting);
            ready.clear();
        } finally {
            lock.unlock();
        }
        for (var pending : abandoned) pending.complete(new Outcome.Fenced(-1));
    }

    /** Waits for the next batch; empty when the queue is closed and nothing waits. */
    List<Pending> take() {
        while (true) {
            lock.lock();
            try {
                if (!ready.isEmpty() || closed) return nextBatch();
            } finally {
                lock.unlock();
            }
            writer.await();
        }
    }

    private List<Pending> nextBatch() {
        var batch = new ArrayList<Pending>();
        var unfinished = new ArrayList<Chain>();
        // One run with a long chain must not hold up the others.
        int share = ready.size() > 1 ? MAX_BATCH / 4 : MAX_BATCH;
        long bytes = 0;
        while (!ready.isEmpty() && batch.size() < MAX_BATCH && bytes < MAX_BATCH_BYTES) {
            var chain = ready.poll();
            for (int taken = 0; taken < share && !chain.waiting.isEmpty() && batch.size() < MAX_BATCH; taken++) {
                var pending = chain.waiting.poll();
                batch.add(pending);
                bytes += pending.bytes();
                if (bytes >= MAX_BATCH_BYTES) break;
            }
            if (chain.waiting.isEmpty()) chain.queued = false;
            else unfinished.add(chain);
        }
        ready.addAll(unfinished);
        return batch;
    }

    /** Answers a batch. A run whose command failed gets the same answer for everything behind it. */
    void complete(List<Pending> batch, List<Outcome> outcomes) {
        var dropped = new ArrayList<Pending>();
        lock.lock();
        try {
            for (int i = 0; i < batch.size(); i++)
                if (!(outcomes.get(i) instanceof Outcome.Applied)) end(batch.get(i).chain(), outcomes.get(i), dropped);
        } finally {
            lock.unlock();
        }
        for (int i = 0; i < batch.size(); i++) batch.get(i).complete(outcomes.get(i));
        for (var pending : dropped) pending.complete(pending.chain().verdict);
    }

    private void end(Chain chain, Outcome verdict, List<Pending> dropped) {
        if (chain.verdict != null) return;
        chain.verdict = verdict;
        dropped.addAll(chain.waiting);
        chain.waiting.clear();
        if (chain.queued) ready.remove(chain);
        chain.queued = false;
    }
}
