package dev.dbosj.bench;

/** W9: the queue is drained among many finished workflows, in turn with empty tables. */
final class AmongFinished {
    private AmongFinished() {}

    static Work work(int finished) {
        var drained = DrainedQueue.WORK;
        var among = "among %,d finished".formatted(finished);
        return new Work(
                "W9",
                drained.unit(),
                drained.higherIsBetter(),
                drained.engine().on("dbosj, " + among, store -> store.withFinished(finished)),
                drained.engine().on("dbosj, empty tables", Store::fresh),
                null,
                Target.slowDownBelow(20),
                Target.slowDownBelow(20));
    }
}
