package dev.dbosj.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;

/** W5. */
record IdleLatency() implements Work {
    private static final int TRIES = 100;
    private static final int PAUSE_MILLIS = 10;

    @Override
    public String name() {
        return "W5";
    }

    @Override
    public String unit() {
        return "p50 ms";
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }

    @Override
    public String wanted() {
        return "<= 5 ms";
    }

    @Override
    public boolean isMet(double figure, double share) {
        return figure <= 5;
    }

    @Override
    public double engine(Path folder) throws Exception {
        try (var engine = new Engine(folder, 0)) {
            var runtime = engine.launch();
            return medianMillis(() -> runtime.enqueueWorkflow(Engine.QUEUE, engine::echo, 1).getResult());
        }
    }

    /** Three commits cannot be saved: the workflow is accepted, claimed, finished. */
    @Override
    public double bare(Path folder) throws Exception {
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
