package dev.dbosj.lab;

import java.time.Duration;

/** Looks again and again who holds slots of the queue of {@link Turns}: all holders in one query. */
final class Sampler implements AutoCloseable {
    private static final String HOLDERS = """
            select count(*)
              from workflow_status
             where queue_name = 'turns' and executor_id is not null
             group by executor_id
            """;

    private static final Duration PAUSE = Duration.ofMillis(3);

    private final Tables tables;
    private final Thread thread = Thread.ofPlatform().daemon().name("sampler").unstarted(this::sample);
    private volatile boolean closed;
    private volatile int samples;
    private volatile long mostHolders;
    private volatile long mostHoldersOfOne;

    Sampler(Tables tables) {
        this.tables = tables;
        thread.start();
    }

    private void sample() {
        while (!closed) {
            var holders = tables.list(HOLDERS, row -> row.getLong(1));
            samples++;
            mostHolders = Math.max(mostHolders, holders.stream().mapToLong(Long::longValue).sum());
            mostHoldersOfOne = Math.max(mostHoldersOfOne, holders.stream().mapToLong(Long::longValue).max().orElse(0));
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException stranger) {
            throw new IllegalStateException("nobody interrupts the sampler", stranger);
        }
    }

    int samples() {
        return samples;
    }

    long mostHolders() {
        return mostHolders;
    }

    long mostHoldersOfOne() {
        return mostHoldersOfOne;
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
