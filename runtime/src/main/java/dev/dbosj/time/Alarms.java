package dev.dbosj.time;

import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What is to happen later, unless it is cancelled first. One thread does it all, so an action must be short; it starts
 * with the first alarm, and a process that sets none has none. Thread-safe.
 */
public final class Alarms {
    /** An action and its time. */
    public final class Alarm implements Comparable<Alarm> {
        private final long at;
        private final long number;
        private final Runnable action;

        private Alarm(long at, long number, Runnable action) {
            this.at = at;
            this.number = number;
            this.action = action;
        }

        /** From now on it does not begin; it may be under way. */
        public void cancel() {
            lock.lock();
            try {
                set.remove(this);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public int compareTo(Alarm other) {
            return at != other.at ? Long.signum(at - other.at) : Long.compare(number, other.number);
        }
    }

    private final Time time;
    private final Consumer<Runnable> starter;
    private final Bell bell;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeSet<Alarm> set = new TreeSet<>();
    private long made;
    private boolean started;
    private boolean closed;
    /** When the thread looks again by itself; until then only an earlier alarm must ring. */
    private long nextLook;
    private boolean looksAgain;

    /** @param starter starts a thread that runs what it is given */
    public Alarms(Time time, Consumer<Runnable> starter) {
        this.time = time;
        this.starter = starter;
        this.bell = new Bell(time);
    }

    /** Lets the action happen after so long, on the thread of all alarms. */
    public Alarm after(Duration delay, Runnable action) {
        long at = time.nanos() + delay.toNanos();
        lock.lock();
        try {
            var alarm = new Alarm(at, made++, action);
            set.add(alarm);
            if (!started) {
                starter.accept(this::run);
                started = true;
            }
            if (!looksAgain || at - nextLook < 0) {
                lookAt(at);
                bell.ring();
            }
            return alarm;
        } finally {
            lock.unlock();
        }
    }

    private void lookAt(long nanos) {
        nextLook = nanos;
        looksAgain = true;
    }

    private void run() {
        while (true) {
            var due = due();
            if (due != null) due.action.run();
            else if (!pause()) return;
        }
    }

    private Alarm due() {
        lock.lock();
        try {
            return set.isEmpty() || set.first().at - time.nanos() > 0 ? null : set.pollFirst();
        } finally {
            lock.unlock();
        }
    }

    /** @return false when it is closed */
    private boolean pause() {
        Duration atMost;
        lock.lock();
        try {
            if (closed) return false;
            looksAgain = false;
            if (!set.isEmpty()) lookAt(set.first().at);
            atMost = looksAgain ? Duration.ofNanos(Math.max(0, nextLook - time.nanos())) : null;
        } finally {
            lock.unlock();
        }
        bell.await(atMost);
        return true;
    }

    /** Ends the thread; what is not due yet does not happen. */
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        bell.ring();
    }
}
