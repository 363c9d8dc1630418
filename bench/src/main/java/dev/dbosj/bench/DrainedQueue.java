package dev.dbosj.bench;

import static dev.dbosj.bench.StepsOfManyWorkflows.perSecond;

import java.nio.file.Path;
import java.util.stream.IntStream;

/** W4. */
record DrainedQueue() implements Work {
    private static final int WORKFLOWS = 10_000;

    @Override
    public String name() {
        return "W4";
    }

    @Override
    public String unit() {
        return "workflows/s";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public String wanted() {
        return "share >= 25 %";
    }

    @Override
    public boolean isMet(double figure, double share) {
        return share >= 0.25;
    }

    @Override
    public double engine(Path folder) throws Exception {
        Filler.fill(folder, WORKFLOWS);
        try (var engine = new Engine(folder, WORKFLOWS)) {
            long begin = System.nanoTime();
            var runtime = engine.launch();
            engine.awaitDrained();
            Filler.awaitIdle(runtime);
            return perSecond(WORKFLOWS, begin);
        }
    }

    @Override
    public double bare(Path folder) throws Exception {
        try (var writer = new BareWriter(folder)) {
            for (int workflow = 1; workflow <= WORKFLOWS; workflow++) writer.insert(workflow, false, null);
            long begin = System.nanoTime();
            for (int first = 1; first <= WORKFLOWS; first += BareWriter.ROWS_PER_COMMIT) {
                var batch = IntStream.range(first, first + BareWriter.ROWS_PER_COMMIT).toArray();
                for (int workflow : batch) writer.claim(workflow);
                for (int workflow : batch) writer.checkpoint(workflow, 0, null);
                for (int workflow : batch) writer.finish(workflow);
            }
            return perSecond(WORKFLOWS, begin);
        }
    }
}
