package dev.dbosj.bench;

import java.nio.file.Path;
import java.util.stream.IntStream;

/** W7. */
record ManyChildren() implements Work {
    private static final int CHILDREN = 10_000;

    @Override
    public String name() {
        return "W7";
    }

    @Override
    public String unit() {
        return "s";
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }

    @Override
    public String wanted() {
        return "<= 3 s";
    }

    @Override
    public boolean isMet(double figure, double share) {
        return figure <= 3;
    }

    @Override
    public double engine(Path folder) throws Exception {
        try (var engine = new Engine(folder, 0)) {
            var runtime = engine.launch();
            long begin = System.nanoTime();
            int sum = runtime.startWorkflow(engine::parent, CHILDREN).getResult();
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (sum != IntStream.range(0, CHILDREN).sum()) throw new IllegalStateException("wrong sum " + sum);
            return seconds;
        }
    }

    @Override
    public double bare(Path folder) throws Exception {
        try (var writer = new BareWriter(folder)) {
            long begin = System.nanoTime();
            writer.insert(1, true, null);
            for (int child = 2; child <= CHILDREN + 1; child++) {
                writer.insert(child, false, BareWriter.id(1));
                writer.checkpoint(1, child, BareWriter.id(child));
            }
            for (int child = 2; child <= CHILDREN + 1; child++) writer.claim(child);
            for (int child = 2; child <= CHILDREN + 1; child++) writer.finish(child);
            for (int child = 2; child <= CHILDREN + 1; child++) writer.checkpoint(1, CHILDREN + child, BareWriter.id(child));
            writer.finish(1);
            writer.commit();
            return (System.nanoTime() - begin) / 1e9;
        }
    }
}
