package dev.dbosj.run;

import dev.dbosj.time.Time;
import dev.dbosj.workflow.QueueRates;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/** How many workflows of each queue this process has begun and finished in the last ten seconds. Thread-safe. */
public final class Throughput {
    private static final int SECONDS = 10;
    private static final long SECOND = 1_000_000_000;

    /** A ring of seconds; the one that goes on is not counted, but takes the place of the oldest. */
    private static final class Counts {
        final int[] starts = new int[SECONDS + 1];
        final int[] finishes = new int[SECONDS + 1];

        boolean isEmpty() {
            for (int i = 0; i <= SECONDS; i++) if (starts[i] + finishes[i] > 0) return false;
            return true;
        }

        QueueRates rates(int current) {
            int started = 0;
            int finished = 0;
            for (int i = 0; i <= SECONDS; i++) {
                if (i == current) continue;
                started += starts[i];
                finished += finishes[i];
            }
            return new QueueRates((double) started / SECONDS, (double) finished / SECONDS);
        }
    }

    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Counts> counts = new TreeMap<>();
    private final long begin;
    private long second;

    Throughput(Time time) {
        this.time = time;
        this.begin = time.nanos();
    }

    void started(String queue) {
        lock.lock();
        try {
            int now = turn();
            of(queue).starts[now]++;
        } finally {
            lock.unlock();
        }
    }

    void finished(String queue) {
        lock.lock();
        try {
            int now = turn();
            of(queue).finishes[now]++;
        } finally {
            lock.unlock();
        }
    }

    private Counts of(String queue) {
        return counts.computeIfAbsent(queue, name -> new Counts());
    }

    /** Of the queues of which anything was begun or finished lately. */
    public Map<String, QueueRates> rates() {
        lock.lock();
        try {
            int now = turn();
            counts.values().removeIf(Counts::isEmpty);
            var rates = new TreeMap<String, QueueRates>();
            counts.forEach((queue, count) -> rates.put(queue, count.rates(now)));
            return rates;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the seconds that are too long ago. @return the place of this second */
    private int turn() {
        long now = (time.nanos() - begin) / SECOND;
        for (long forgotten = Math.max(second + 1, now - SECONDS); forgotten <= now; forgotten++) {
            int place = (int) (forgotten % (SECONDS + 1));
            for (var count : counts.values()) count.starts[place] = count.finishes[place] = 0;
        }
        second = Math.max(second, now);
        return (int) (second % (SECONDS + 1));
    }
}
