package dev.dbosj.time;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * What one thread waits on and others ring. A ring while nobody waits is kept for the next wait. Waiting ignores
 * interrupts and keeps them pending: an interrupt is meant for user code, never for the engine.
 */
public final class Bell {
    private final Time time;
    private volatile boolean rung;
    private volatile Thread waiting;

    public Bell(Time time) {
        this.time = time;
    }

    /** Wakes the waiting thread, or spares the next one its wait. */
    public void ring() {
        rung = true;
        var thread = waiting;
        if (thread != null) LockSupport.unpark(thread);
    }

    /** Waits for a ring. */
    public void await() {
        await(null);
    }

    /** The same on behalf of user code, which an interrupt may end. */
    public boolean awaitInterruptibly(Duration atMost) throws InterruptedException {
        boolean rang = await(atMost, true);
        if (!rang && Thread.interrupted()) throw new InterruptedException();
        return rang;
    }

    /**
     * Waits for a ring, at most so long.
     *
     * @param atMost the longest wait; null to wait for ever
     * @return whether it rang
     */
    public boolean await(Duration atMost) {
        return await(atMost, false);
    }

    private boolean await(Duration atMost, boolean interruptible) {
        long deadline = atMost == null ? 0 : time.nanos() + atMost.toNanos();
        boolean interrupted = false;
        waiting = Thread.currentThread();
        try {
            while (!rung) {
                if (atMost == null) {
                    LockSupport.park(this);
                } else {
                    long left = deadline - time.nanos();
                    if (left <= 0) return false;
                    time.park(Duration.ofNanos(left));
                }
                interrupted |= Thread.interrupted();
                if (interrupted && interruptible && !rung) return false;
            }
            rung = false;
            return true;
        } finally {
            waiting = null;
            if (interrupted) Thread.currentThread().interrupt();
        }
    }
}
