package dev.dbosj.examples.agent;

import java.time.Duration;

/** The time that something far away would take. */
final class Pause {
    private Pause() {}

    /** Ends early when the step is interrupted: what comes of it then is not recorded. */
    static void of(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
