package dev.dbosj.bench;

import static dev.dbosj.bench.StepsOfManyWorkflows.perSecond;

import java.util.stream.IntStream;

/** W4: a full queue is drained by one worker. */
final class DrainedQueue {
    static final Work WORK = new Work(
            "W4",
            "workflows/s",
            true,
            new Side("dbosj", 10_000, DrainedQueue::engine),
            new Side("bare writer", 10_000, DrainedQueue::bare),
            new Side("DBOS Java", 10_000, DrainedQueue::peer),
            Target.shareOf(25),
            Target.times(12));

    private DrainedQueue() {}

    private static double engine(Database database, int workflows) throws Exception {
        Filler.fill(database, workflows);
        try (var engine = new Engine(database, workflows);
                var owned = new Owned(database)) {
            long begin = System.nanoTime();
            engine.launch();
            engine.awaitDrained();
            owned.awaitNone();
            return perSecond(workflows, begin);
        }
    }

    private static double bare(Database database, int workflows) throws Exception {
        try (var writer = BareWriter.on(database)) {
            for (int workflow = 1; workflow <= workflows; workflow++) writer.insert(workflow, false, null);
            long begin = System.nanoTime();
            for (int first = 1; first <= workflows; first += BareWriter.ROWS_PER_COMMIT) {
                var batch = IntStream.range(first, first + BareWriter.ROWS_PER_COMMIT).toArray();
                for (int workflow : batch) writer.claim(workflow);
                for (int workflow : batch) writer.checkpoint(workflow, 0, null);
                for (int workflow : batch) writer.finish(workflow);
            }
            return perSecond(workflows, begin);
        }
    }

    /** The clock starts when it is up, which costs it a tenth of a second and more. */
    private static double peer(Database database, int workflows) throws Exception {
        DbosEngine.fill(database, workflows);
        try (var engine = DbosEngine.launched(database, workflows)) {
            long begin = System.nanoTime();
            engine.awaitDrained();
            return perSecond(workflows, begin);
        }
    }
}
