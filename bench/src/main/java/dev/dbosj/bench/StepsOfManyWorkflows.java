package dev.dbosj.bench;

import java.util.ArrayList;

/** W2: many workflows at once, each of some steps. */
final class StepsOfManyWorkflows {
    private static final int STEPS = 10;

    static final Work WORK = new Work(
            "W2",
            "steps/s",
            true,
            new Side("dbosj", 1000, StepsOfManyWorkflows::engine),
            new Side("bare writer", 1000, StepsOfManyWorkflows::bare),
            new Side("DBOS Java", 1000, StepsOfManyWorkflows::peer),
            Target.shareOf(40),
            Target.times(8));

    private StepsOfManyWorkflows() {}

    private static double engine(Database database, int workflows) throws Exception {
        try (var engine = new Engine(database, 0)) {
            var runtime = engine.launch();
            long begin = System.nanoTime();
            var callers = new ArrayList<Thread>();
            for (int i = 0; i < workflows; i++)
                callers.add(Thread.ofVirtual().start(() -> runtime.startWorkflow(engine::steps, STEPS).getResult()));
            for (var caller : callers) caller.join();
            return perSecond(workflows * STEPS, begin);
        }
    }

    private static double bare(Database database, int workflows) throws Exception {
        try (var writer = BareWriter.on(database)) {
            long begin = System.nanoTime();
            for (int workflow = 1; workflow <= workflows; workflow++) writer.insert(workflow, true, null);
            for (int step = 0; step < STEPS; step++)
                for (int workflow = 1; workflow <= workflows; workflow++) writer.checkpoint(workflow, step, null);
            for (int workflow = 1; workflow <= workflows; workflow++) writer.finish(workflow);
            return perSecond(workflows * STEPS, begin);
        }
    }

    private static double peer(Database database, int workflows) throws Exception {
        try (var engine = DbosEngine.launched(database, 0)) {
            long begin = System.nanoTime();
            var callers = new ArrayList<Thread>();
            for (int i = 0; i < workflows; i++)
                callers.add(Thread.ofVirtual().start(() -> engine.startSteps(STEPS).getResult()));
            for (var caller : callers) caller.join();
            return perSecond(workflows * STEPS, begin);
        }
    }

    static double perSecond(int count, long begin) {
        return count * 1e9 / (System.nanoTime() - begin);
    }
}
