package dev.dbosj.workflow;

import java.time.Duration;

/**
 * So many starts in any window of that length, whichever executors start them. What goes on after its executor was lost,
 * or is resumed, was started before and costs nothing.
 *
 * @param starts 1 to 1,000,000
 * @param period 1 millisecond to 366 days
 */
public record RateLimit(int starts, Duration period) {
    private static final int MOST = 1_000_000;
    private static final Duration LONGEST = Duration.ofDays(366);

    public RateLimit {
        if (starts < 1 || starts > MOST)
            throw new IllegalArgumentException("a rate limit of %d starts is outside 1..%d".formatted(starts, MOST));
        if (period.compareTo(Duration.ofMillis(1)) < 0 || period.compareTo(LONGEST) > 0)
            throw new IllegalArgumentException("the period %s of a rate limit is outside 1 ms to 366 days".formatted(period));
    }
}
