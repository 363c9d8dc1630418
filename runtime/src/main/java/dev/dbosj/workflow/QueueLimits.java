package dev.dbosj.workflow;

/**
 * How much of something runs at once or is started.
 *
 * @param concurrency on all executors together, 1 to 100,000; null for no limit. A workflow counts from its claim until
 *     its executor has let go of it, also after it was cancelled, or until it was taken over from a dead executor.
 * @param workerConcurrency on one executor, 1 to 100,000; null for as many as the executor runs at all
 * @param rate how many are started in a time; null for no limit
 */
public record QueueLimits(Integer concurrency, Integer workerConcurrency, RateLimit rate) {
    /** No limits. */
    public static final QueueLimits NONE = new QueueLimits(null, null, null);

    private static final int MOST = 100_000;

    public QueueLimits {
        require("concurrency", concurrency);
        require("workerConcurrency", workerConcurrency);
    }

    private static void require(String limit, Integer value) {
        if (value != null && (value < 1 || value > MOST))
            throw new IllegalArgumentException("%s %d is outside 1..%d".formatted(limit, value, MOST));
    }

    /** Whether executors must agree about them. */
    public boolean isShared() {
        return concurrency != null || rate != null;
    }
}
