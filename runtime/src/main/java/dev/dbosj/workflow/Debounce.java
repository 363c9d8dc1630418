package dev.dbosj.workflow;

import java.time.Duration;

/**
 * Many calls, one workflow: while one waits under the key, a further call gives it its own arguments and puts its start
 * off.
 *
 * @param key 1 to 255 characters, of one workflow on one queue
 * @param period how long after the last call it starts, up to 3,660 days
 * @param atMost how long after the first call it starts at the latest, the period or more, up to 3,660 days
 */
public record Debounce(String key, Duration period, Duration atMost) {
    public Debounce {
        WorkflowOptions.requireName("debounce key", key);
        WorkflowOptions.requireDelay("debounce period", period);
        WorkflowOptions.requireDelay("debounce deadline", atMost);
        if (atMost.compareTo(period) < 0)
            throw new IllegalArgumentException("the debounce deadline %s is before the period %s".formatted(atMost, period));
    }
}
