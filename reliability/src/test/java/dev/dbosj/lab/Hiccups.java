package dev.dbosj.lab;

import java.time.Duration;

/**
 * Measures for how long the machine keeps a thread waiting that has nothing to do but wake up. Promises about time are
 * made for a machine that runs what is to run; on a busy one they hold with that allowance.
 */
final class Hiccups implements AutoCloseable {
    private static final Duration NAP = Duration.ofMillis(5);

    /** From a death to the claim by another process: its last tick, a heartbeat, the takeover, the claim. */
    private static final int HOPS = 4;

    private final Thread thread = Thread.ofPlatform().daemon().name("hiccups").unstarted(this::measure);
    private volatile long longest;

    Hiccups() {
        thread.start();
    }

    private void measure() {
        try {
            while (true) {
                long before = System.nanoTime();
                Thread.sleep(NAP);
                longest = Math.max(longest, System.nanoTime() - before - NAP.toNanos());
            }
        } catch (InterruptedException closed) {
            return; // closed
        }
    }

    /** The longest that there was. */
    Duration longest() {
        return Duration.ofNanos(longest);
    }

    /** How much later than promised a takeover may come. */
    Duration allowance() {
        return longest().multipliedBy(HOPS);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
