package dev.dbosj.bench;

import java.util.ArrayList;
import java.util.concurrent.Callable;

/** W5: enqueue one workflow in an idle system and wait for its result. */
final class IdleLatency {
    private static final int PAUSE_MILLIS = 10;

    static final Work WORK = new Work(
            "W5",
            "p50 ms",
            false,
            new Side("dbosj", 100, IdleLatency::engine),
            new Side("bare writer", 100, IdleLatency::bare),
            new Side("DBOS Java", 5, IdleLatency::peer),
            Target.atMost(5, "ms"),
            Target.atMost(10, "ms"));

    private IdleLatency() {}

    private static double engine(Database database, int tries) throws Exception {
        try (var engine = new Engine(database, 0)) {
            var runtime = engine.launch();
            return medianMillis(tries, () -> runtime.enqueueWorkflow(Engine.QUEUE, engine::echo, 1).getResult());
        }
    }

    /** Three commits cannot be saved: the workflow is accepted, claimed, finished. */
    private static double bare(Database database, int tries) throws Exception {
        try (var writer = BareWriter.on(database)) {
            var sequence = new int[1];
            return medianMillis(tries, () -> {
                writer.insert(++sequence[0], false, null);
                writer.commit();
                writer.claim(sequence[0]);
                writer.commit();
                writer.finish(sequence[0]);
                writer.commit();
                return null;
            });
        }
    }

    private static double peer(Database database, int tries) throws Exception {
        try (var engine = DbosEngine.launched(database, 0)) {
            return medianMillis(tries, () -> engine.enqueueEcho(1).getResult());
        }
    }

    private static double medianMillis(int tries, Callable<?> act) throws Exception {
        var millis = new ArrayList<Double>();
        for (int i = 0; i < tries; i++) {
            Thread.sleep(PAUSE_MILLIS);
            long begin = System.nanoTime();
            act.call();
            millis.add((System.nanoTime() - begin) / 1e6);
        }
        return millis.stream().sorted().toList().get(tries / 2);
    }
}
