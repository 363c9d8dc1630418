package dev.dbosj.bench;

import java.nio.file.Path;
import java.util.ArrayList;

/** W2. */
record StepsOfManyWorkflows() implements Work {
    private static final int WORKFLOWS = 1000;
    private static final int STEPS = 10;

    @Override
    public String name() {
        return "W2";
    }

    @Override
    public String unit() {
        return "steps/s";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public String wanted() {
        return "share >= 40 %";
    }

    @Override
    public boolean isMet(double figure, double share) {
        return share >= 0.40;
    }

    @Override
    public double engine(Path folder) throws Exception {
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

    @Override
    public double bare(Path folder) throws Exception {
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
