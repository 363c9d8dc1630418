package dev.dbosj.bench;

import java.util.function.IntSupplier;
import java.util.stream.IntStream;

/** W7: a parent enqueues many children and waits for all. */
final class ManyChildren {
    static final Work WORK = new Work(
            "W7",
            "s",
            false,
            new Side("dbosj", 10_000, ManyChildren::engine),
            new Side("bare writer", 10_000, ManyChildren::bare),
            new Side("DBOS Java", 10_000, ManyChildren::peer),
            Target.atMost(3, "s"),
            Target.times(8));

    private ManyChildren() {}

    private static double engine(Database database, int children) throws Exception {
        try (var engine = new Engine(database, 0)) {
            var runtime = engine.launch();
            return seconds(children, () -> runtime.startWorkflow(engine::parent, children).getResult());
        }
    }

    private static double bare(Database database, int children) throws Exception {
        try (var writer = BareWriter.on(database)) {
            long begin = System.nanoTime();
            writer.insert(1, true, null);
            for (int child = 2; child <= children + 1; child++) {
                writer.insert(child, false, BareWriter.id(1));
                writer.checkpoint(1, child, BareWriter.id(child));
            }
            for (int child = 2; child <= children + 1; child++) writer.claim(child);
            for (int child = 2; child <= children + 1; child++) writer.finish(child);
            for (int child = 2; child <= children + 1; child++)
                writer.checkpoint(1, children + child, BareWriter.id(child));
            writer.finish(1);
            writer.commit();
            return (System.nanoTime() - begin) / 1e9;
        }
    }

    private static double peer(Database database, int children) throws Exception {
        try (var engine = DbosEngine.launched(database, 0)) {
            return seconds(children, () -> engine.startParent(children).getResult());
        }
    }

    private static double seconds(int children, IntSupplier parent) {
        long begin = System.nanoTime();
        int sum = parent.getAsInt();
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (sum != IntStream.range(0, children).sum()) throw new IllegalStateException("wrong sum " + sum);
        return seconds;
    }
}
