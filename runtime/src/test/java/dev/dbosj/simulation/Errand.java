package dev.dbosj.simulation;

import dev.dbosj.workflow.Deduplication;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * A workflow for the one queue that has a bound, partitions and rates, perhaps under a key that others use as well.
 *
 * @param key one of few
 * @param partition 0 for none
 */
record Errand(Kind kind, int key, int partition, Plan plan) {
    enum Kind {
        PLAIN,
        UNIQUE,
        JOINING,
        DEBOUNCED;

        /** Whether whoever asks for it may get another one. */
        boolean mayBeAnother() {
            return this == JOINING || this == DEBOUNCED;
        }
    }

    static final String QUEUE = "office";
    static final String WORKFLOW = Op.Shape.FUNC1.workflowName;
    static final int PARTITION_CONCURRENCY = 2;

    private static final int KEYS = 3;
    private static final Duration PERIOD = Duration.ofMillis(800);
    static final Duration LONGEST = Duration.ofSeconds(3);

    static Errand draw(SplittableRandom random) {
        var kind = Kind.values()[random.nextInt(Kind.values().length)];
        return new Errand(kind, random.nextInt(KEYS), random.nextInt(3), Plan.draw(random, Plan.LEAF));
    }

    static WorkflowQueue queue(SplittableRandom random) {
        var queue = WorkflowQueue.named(QUEUE)
                .maxDepth(random.nextInt(1, 5), Duration.ofMillis(random.nextInt(3) == 0 ? random.nextInt(1, 3_000) : 0));
        if (random.nextBoolean()) queue = queue.partitionConcurrency(PARTITION_CONCURRENCY);
        if (random.nextBoolean()) queue = queue.rateLimit(random.nextInt(1, 4), Duration.ofMillis(random.nextInt(50, 1_000)));
        if (random.nextInt(3) == 0) queue = queue.partitionRateLimit(1, Duration.ofMillis(random.nextInt(50, 1_000)));
        return queue;
    }

    WorkflowOptions options() {
        var options = WorkflowOptions.defaults().partitionKey(partition == 0 ? null : "partition " + partition);
        return switch (kind) {
            case PLAIN -> options;
            case UNIQUE -> options.deduplicationId("key " + key);
            case JOINING -> options.deduplicationId("key " + key, Deduplication.Policy.RETURN_EXISTING);
            case DEBOUNCED -> options.debounce("key " + key, PERIOD, LONGEST);
        };
    }
}
