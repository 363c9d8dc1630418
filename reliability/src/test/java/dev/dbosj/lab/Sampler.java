package dev.dbosj.lab;

/** Looks again and again who holds slots of the queue of {@link Turns}: all holders in one query. */
final class Sampler implements AutoCloseable {
    private static final String HOLDERS = """
            select count(*)
              from workflow_status
             where queue_name = 'turns' and executor_id is not null
             group by executor_id
            """;

    private final Tables tables;
    private final Looks looks;
    private volatile int samples;
    private volatile long mostHolders;
    private volatile long mostHoldersOfOne;

    Sampler(Tables tables) {
        this.tables = tables;
        looks = new Looks(this::sample);
    }

    private void sample() {
        var holders = tables.list(HOLDERS, row -> row.getLong(1));
        samples++;
        mostHolders = Math.max(mostHolders, holders.stream().mapToLong(Long::longValue).sum());
        mostHoldersOfOne = Math.max(mostHoldersOfOne, holders.stream().mapToLong(Long::longValue).max().orElse(0));
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
        looks.close();
    }
}
