package dev.dbosj.run;

import dev.dbosj.workflow.StepOptions;
import java.time.Duration;

/** How long a step pauses between attempts. */
final class Retries {
    private Retries() {}

    /**
     * The pause after the given failed attempt.
     *
     * @param attempt from 1
     * @param chance from 0 to 1; where the pause lies between (1 - jitter) and (1 + jitter) times the interval
     */
    static Duration pauseAfter(int attempt, StepOptions options, double chance) {
        double millis = options.interval().toMillis() * Math.pow(options.backoffRate(), attempt - 1);
        double varied = Math.min(millis, options.maxInterval().toMillis()) * (1 + options.jitter() * (2 * chance - 1));
        return Duration.ofMillis(Math.round(Math.min(varied, options.maxInterval().toMillis())));
    }
}
