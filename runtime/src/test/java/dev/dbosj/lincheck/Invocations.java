package dev.dbosj.lincheck;

import dev.dbosj.time.Time;
import java.time.Duration;
import java.time.Instant;

/** What all checked structures share: a count of how often one was made, and a clock that stands still. */
public final class Invocations {
    /** Nothing waits in an interleaving that is checked. */
    public static final Time STILL = new Time() {
        @Override
        public Instant now() {
            return Instant.EPOCH;
        }

        @Override
        public long nanos() {
            return 0;
        }

        @Override
        public void park(Duration atMost) {
            throw new IllegalStateException("nobody is to wait here");
        }
    };

    private static long count;

    private Invocations() {}

    /** One more. */
    public static void another() {
        count++;
    }

    static long count() {
        return count;
    }
}
