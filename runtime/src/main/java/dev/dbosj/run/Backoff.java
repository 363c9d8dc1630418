package dev.dbosj.run;

import java.time.Duration;

/**
 * How long to wait from one attempt to the next.
 *
 * @param interval before the second attempt
 * @param rate factor from one wait to the next
 * @param longest no wait is longer
 * @param jitter share of each wait that is varied
 */
record Backoff(Duration interval, double rate, Duration longest, double jitter) {
    /**
     * The wait after so many attempts.
     *
     * @param attempts from 1
     * @param chance from 0 to 1; where the wait lies between (1 - jitter) and (1 + jitter) times the interval
     */
    Duration after(int attempts, double chance) {
        double millis = interval.toMillis() * Math.pow(rate, attempts - 1);
        double varied = Math.min(millis, longest.toMillis()) * (1 + jitter * (2 * chance - 1));
        return Duration.ofMillis(Math.round(Math.min(varied, longest.toMillis())));
    }
}
