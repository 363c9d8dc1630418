package dev.dbosj.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;

/** W5: enqueue one workflow in an idle system and wait for its result. */
final class IdleLatency {
    private static final int TRIES = 100;
    private static final int PAUSE_MILLIS = 10;

    static final Work WORK = new Work(
            "W5", "p50 ms", false, "<= 5 ms", (figure, share) -> figure <= 5, IdleLatency::engine, IdleLatency::bare);

    private IdleLatency() {}

    private static double engine(Path folder) throws Exception {
        try (var engine = new Engine(folder, 0)) {
            var runtime = engine.launch();
            return medianMillis(() -> runtime.enqueueWorkflow(Engine.QUEUE, engine::echo, 1).getResult());
        }
    }

    /** Three commits cannot be saved: the workflow is accepted, claimed, finished. */
    private static double bare(Path folder) throws Exception {
        try (var writer = new BareWriter(folder)) {
            var sequence = new int[1];
            return medianMillis(() -> {
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

    private static double medianMillis(Callable<?> act) throws Exception {
        var millis = new ArrayList<Double>();
        for (int i = 0; i < TRIES; i++) {
            Thread.sleep(PAUSE_MILLIS);
            long begin = System.nanoTime();
            act.call();
            millis.add((System.nanoTime() - begin) / 1e6);
        }
        return millis.stream().sorted().toList().get(TRIES / 2);
    }
}
