package dev.dbosj.bench;

import java.nio.file.Path;
import java.util.ArrayList;

/** W2: many workflows at once, each of some steps. */
final class StepsOfManyWorkflows {
    private static final int WORKFLOWS = 1000;
    private static final int STEPS = 10;

    static final Work WORK = new Work(
            "W2", "steps/s", true, "share >= 40 %", (figure, share) -> share >= 0.40, StepsOfManyWorkflows::engine, StepsOfManyWorkflows::bare);

    private StepsOfManyWorkflows() {}

    private static double engine(Path folder) throws Exception {
        try (var engine = new Engine(folder, 0)) {
            var runtime = engine.launch();
            long begin = System.nanoTime();
            var callers = new ArrayList<Thread>();
            for (int i = 0; i < WORKFLOWS; i++)
                callers.add(Thread.ofVirtual().start(() -> runtime.startWorkflow(engine::steps, STEPS).getResult()));
            for (var caller : callers) caller.join();
            return perSecond(WORKFLOWS * STEPS, begin);
        }
    }

    private static double bare(Path folder) throws Exception {
        try (var writer = new BareWriter(folder)) {
            long begin = System.nanoTime();
            for (int workflow = 1; workflow <= WORKFLOWS; workflow++) writer.insert(workflow, true, null);
            for (int step = 0; step < STEPS; step++)
                for (int workflow = 1; workflow <= WORKFLOWS; workflow++) writer.checkpoint(workflow, step, null);
            for (int workflow = 1; workflow <= WORKFLOWS; workflow++) writer.finish(workflow);
            return perSecond(WORKFLOWS * STEPS, begin);
        }
    }

    static double perSecond(int count, long begin) {
        return count * 1e9 / (System.nanoTime() - begin);
    }
}
