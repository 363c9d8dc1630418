package dev.dbosj.run;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The step's body that a run's thread is in, if any. An interrupt by the runtime is aimed at one body: it never hits
 * the engine's own waits or a later body, and no flag outlives the body.
 */
public final class Body {
    private final ReentrantLock lock = new ReentrantLock();
    private Thread thread;
    private long opening;
    private boolean timedOut;
    private boolean interrupted;
    private volatile int step = -1;
    private int attempt;
    private int messages;

    /** @return the number of this opening, at which a time-out is aimed */
    long open(int step, int attempt) {
        lock.lock();
        try {
            this.thread = Thread.currentThread();
            this.timedOut = false;
            this.interrupted = false;
            this.step = step;
            this.attempt = attempt;
            this.messages = 0;
            return ++opening;
        } finally {
            lock.unlock();
        }
    }

    /** From here on no interrupt comes. A flag that is set belonged to the body: a replay would not see it. */
    void close() {
        lock.lock();
        try {
            thread = null;
            step = -1;
        } finally {
            lock.unlock();
        }
        Thread.interrupted();
    }

    /** The run must leave: interrupts the body that is running, if there is one. */
    void interrupt() {
        lock.lock();
        try {
            if (thread == null) return;
            interrupted = true;
            thread.interrupt();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Declares the opening timed out and interrupts it. What ends because its run must leave does not time out any more.
     *
     * @return whether it was running still
     */
    boolean timeOut(long opening) {
        lock.lock();
        try {
            if (!isRunning(opening) || interrupted) return false;
            timedOut = true;
            thread.interrupt();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the opening has not been closed. */
    boolean isOpen(long opening) {
        lock.lock();
        try {
            return isRunning(opening);
        } finally {
            lock.unlock();
        }
    }

    private boolean isRunning(long opening) {
        return thread != null && this.opening == opening;
    }

    /** Whether the body that was closed last had timed out. For the run's own thread. */
    boolean hasTimedOut() {
        return timedOut;
    }

    /** Whether the body that was closed last had been interrupted because its run must leave. For the run's own thread. */
    boolean wasInterrupted() {
        return interrupted;
    }

    /** Whether a body is running. */
    public boolean isOpen() {
        return step >= 0;
    }

    /** The step's number. */
    public int step() {
        return step;
    }

    /** Counts the messages that this attempt sends, from 0. */
    int nextMessage() {
        return messages++;
    }

    /** Which attempt of the step this is, from 1. */
    public int attempt() {
        return attempt;
    }
}
