package dev.dbosj.simulation;

import dev.dbosj.store.SystemDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Runs worlds, seed after seed, and keeps count. */
final class Simulation {
    private static final int KEPT_LINES = 200;

    private final UnaryOperator<SystemDatabase> breakage;
    private final int keptLines;
    private final List<World.Result> failures = new ArrayList<>();
    private final Tally tally = new Tally();
    private Figures figures = Figures.NONE;

    Simulation(UnaryOperator<SystemDatabase> breakage, int keptLines) {
        this.breakage = breakage;
        this.keptLines = keptLines;
    }

    Simulation() {
        this(UnaryOperator.identity(), KEPT_LINES);
    }

    World.Result run(long seed) {
        var result = new World(seed, breakage, keptLines).run();
        figures = figures.plus(result.figures());
        tally.add(result.tally());
        if (result.failure() != null) failures.add(result);
        return result;
    }

    /** Runs the seeds from the first to the one before the last. */
    Simulation run(long first, long end) {
        for (long seed = first; seed < end; seed++) run(seed);
        return this;
    }

    List<World.Result> failures() {
        return failures;
    }

    Tally tally() {
        return tally;
    }

    Figures figures() {
        return figures;
    }

    /** Writes the end of a failed world's trace to a file, and says in one line what happened and how to replay it. */
    static String report(World.Result failed) throws IOException {
        var file = Path.of("target", "simulation", "seed-" + failed.seed() + ".txt");
        Files.createDirectories(file.getParent());
        Files.write(file, failed.trace());
        var firstLine = failed.failure().lines().findFirst().orElseThrow();
        return failureLine(failed.seed(), firstLine) + " | trace in " + file;
    }

    static String failureLine(long seed, String what) {
        return "seed %d: %s | replay with -Dtest=SimulationTest#everyPromise* -Ddbosj.simulation.seed=%d"
                .formatted(seed, what, seed);
    }
}
