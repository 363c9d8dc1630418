package dev.dbosj.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;

/** The only clock of the engine, and the only timed wait. */
public interface Time {
    /** The machine's clock. */
    Instant now();

    /** A monotonic clock in nanoseconds; only differences mean anything. */
    long nanos();

    /** Parks the calling thread until it is unparked, interrupted, or the time has passed; may return early. */
    void park(Duration atMost);

    /** The machine's own time. */
    static Time system() {
        return new Time() {
            @Override
            public Instant now() {
                return Instant.now();
            }

            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public void park(Duration atMost) {
                LockSupport.parkNanos(this, atMost.toNanos());
            }
        };
    }
}
