package dev.dbosj.workflow;

import java.time.Duration;

/**
 * How many accepted workflows may wait on a queue, and what becomes of those who enqueue one more.
 *
 * @param maxDepth 1 to 10,000,000. What counts is every accepted workflow that was never started and waits for its turn
 *     or for its time. What was started before is never refused, and does not count.
 * @param block how long who enqueues waits for room before being refused, up to a day; zero to be refused at once
 */
public record QueueBound(int maxDepth, Duration block) {
    private static final int MOST = 10_000_000;
    private static final Duration LONGEST_BLOCK = Duration.ofDays(1);

    public QueueBound {
        if (maxDepth < 1 || maxDepth > MOST)
            throw new IllegalArgumentException("maxDepth %d is outside 1..%d".formatted(maxDepth, MOST));
        if (block.isNegative() || block.compareTo(LONGEST_BLOCK) > 0)
            throw new IllegalArgumentException("block %s is outside 0..%s".formatted(block, LONGEST_BLOCK));
    }

    /** Who enqueues on a full queue is refused at once. */
    public static QueueBound reject(int maxDepth) {
        return new QueueBound(maxDepth, Duration.ZERO);
    }

    /** Who enqueues on a full queue waits for room, so long at the most. */
    public static QueueBound block(int maxDepth, Duration timeout) {
        return new QueueBound(maxDepth, timeout);
    }

    /** Whether who enqueues on a full queue waits for room. */
    public boolean blocks() {
        return !block.isZero();
    }
}
