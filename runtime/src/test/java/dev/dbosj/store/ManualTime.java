package dev.dbosj.store;

import dev.dbosj.time.Time;
import java.time.Duration;
import java.time.Instant;

/** A clock that goes only when a test says so. */
public final class ManualTime implements Time {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private volatile Duration passed = Duration.ZERO;

    /** Lets time pass. */
    public synchronized void advance(Duration duration) {
        passed = passed.plus(duration);
    }

    @Override
    public Instant now() {
        return START.plus(passed);
    }

    @Override
    public long nanos() {
        return passed.toNanos();
    }

    @Override
    public void park(Duration atMost) {
        throw new UnsupportedOperationException("a store does not wait");
    }
}
