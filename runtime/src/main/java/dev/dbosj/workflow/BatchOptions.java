package dev.dbosj.workflow;

import java.time.Duration;

/**
 * How many workflows take a step together, and how long the first of them waits for the others. Immutable;
 * {@code BatchOptions.upTo(100).within(Duration.ofMillis(50))}.
 *
 * @param maxItems the body is called as soon as so many have come, 1 to 10,000
 * @param maxWait the body is called when the first has waited so long, 1 ms to a minute; default 100 ms
 */
public record BatchOptions(int maxItems, Duration maxWait) {
    private static final int MOST_ITEMS = 10_000;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final Duration DEFAULT = Duration.ofMillis(100);

    public BatchOptions {
        if (maxItems < 1 || maxItems > MOST_ITEMS)
            throw new IllegalArgumentException("maxItems %d of a batch is outside 1..%d".formatted(maxItems, MOST_ITEMS));
        if (maxWait == null || maxWait.compareTo(SHORTEST) < 0 || maxWait.compareTo(LONGEST) > 0)
            throw new IllegalArgumentException("maxWait %s of a batch is outside 1 ms to 1 minute".formatted(maxWait));
    }

    /** Batches of so many items at the most. */
    public static BatchOptions upTo(int maxItems) {
        return new BatchOptions(maxItems, DEFAULT);
    }

    /** The same with another {@link #maxWait()}. */
    public BatchOptions within(Duration maxWait) {
        return new BatchOptions(maxItems, maxWait);
    }
}
