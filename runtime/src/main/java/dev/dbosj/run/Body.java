package dev.dbosj.run;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The step's body that a run's thread is in, if any. An interrupt by the runtime is aimed at a body alone: it never
 * hits the engine's own waits, and its flag does not outlive the body.
 */
public final class Body {
    private final ReentrantLock lock = new ReentrantLock();
    private Thread thread;
    private boolean interrupted;
    private volatile int step = -1;
    private int attempt;
    private int messages;

    void open(int step, int attempt) {
        lock.lock();
        try {
            this.thread = Thread.currentThread();
            this.interrupted = false;
            this.step = step;
            this.attempt = attempt;
            this.messages = 0;
        } finally {
            lock.unlock();
        }
    }

    /** @return whether the runtime has interrupted the body */
    boolean close() {
        lock.lock();
        try {
            thread = null;
            step = -1;
            if (interrupted) Thread.interrupted();
            return interrupted;
        } finally {
            lock.unlock();
        }
    }

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
