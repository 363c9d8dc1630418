package dev.dbosj.workflow;

import java.time.Duration;

/**
 * How a queue does. What has ended is not looked at, dead letters apart, so that this costs the same however much has; it
 * grows with what waits.
 *
 * @param name the queue
 * @param state whether it takes and gives
 * @param enqueued how many workflows wait for their turn
 * @param delayed how many wait for their time
 * @param running how many an executor owns, also those that it is just stopping
 * @param deadLetters how many have ended as dead letters and were neither redriven nor purged
 * @param lag for how long one of those that wait for their turn has had to wait, at the most: since it was enqueued, its
 *     time had come, or it was given back by an executor; zero if none waits
 * @param rates how fast it goes
 */
public record QueueStats(
        String name,
        QueueState state,
        long enqueued,
        long delayed,
        long running,
        long deadLetters,
        Duration lag,
        QueueRates rates) {
    /** Whether nothing is left on it but dead letters. */
    public boolean isEmpty() {
        return enqueued + delayed + running == 0;
    }
}
