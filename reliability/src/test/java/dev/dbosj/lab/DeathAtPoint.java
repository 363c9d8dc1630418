package dev.dbosj.lab;

import dev.dbosj.time.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A real {@code kill -9} of the own process when it comes to a point for the n-th time. The thread that is there goes
 * no further, whatever the others do until the signal has come.
 */
record DeathAtPoint(Point point, int occurrence, AtomicInteger seen) implements Signals {
    DeathAtPoint(Point point, int occurrence) {
        this(point, occurrence, new AtomicInteger());
    }

    @Override
    public void reached(Point reached, String detail) {
        if (reached != point || seen.incrementAndGet() != occurrence) return;
        try {
            new ProcessBuilder("kill", "-KILL", Long.toString(ProcessHandle.current().pid())).start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        while (true) LockSupport.park();
    }
}
