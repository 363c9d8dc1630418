package dev.dbosj.simulation;

import dev.dbosj.store.SystemDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/** Runs worlds, seed after seed, and keeps count. */
public final class Simulation {
    private static final int KEPT_LINES = 200;
    private static final Duration HANG = Duration.ofSeconds(60);
    private static volatile long running;

    private final UnaryOperator<SystemDatabase> breakage;
    private final int keptLines;
    private final List<World.Result> failures = new ArrayList<>();
    private final Tally tally = new Tally();
    private long seeds;
    private long switches;
    private long workflows;
    private long bodies;
    private Duration simulated = Duration.ZERO;
    private long digest = 1;

    Simulation(UnaryOperator<SystemDatabase> breakage, int keptLines) {
        this.breakage = breakage;
        this.keptLines = keptLines;
    }

    Simulation() {
        this(UnaryOperator.identity(), KEPT_LINES);
    }

    World.Result run(long seed) {
        var result = new World(seed, breakage, keptLines).run();
        seeds++;
        switches += result.switches();
        workflows += result.workflows();
        bodies += result.bodies();
        tally.add(result.tally());
        simulated = simulated.plus(result.simulated());
        digest = Trace.mix(digest, result.digest());
        if (result.failure() != null) failures.add(result);
        return result;
    }

    /** Runs the seeds from the first to the one before the last. */
    Simulation run(long first, long end) {
        for (long seed = first; seed < end; seed++) run(seed);
        return this;
    }

    long digest() {
        return digest;
    }

    List<World.Result> failures() {
        return failures;
    }

    Tally tally() {
        return tally;
    }

    @Override
    public String toString() {
        return "SIMULATION seeds %d, workflows %d, step bodies %d, switches %d, simulated hours %.1f, failures %d, digest %016x"
                .formatted(seeds, workflows, bodies, switches, simulated.toMillis() / 3_600_000.0, failures.size(), digest);
    }

    /** Writes the end of a failed world's trace to a file, and says in one line what happened and how to see it again. */
    static String report(World.Result failed) throws IOException {
        var file = Path.of("target", "simulation", "seed-" + failed.seed() + ".txt");
        Files.createDirectories(file.getParent());
        Files.write(file, failed.trace());
        var firstLine = failed.failure().lines().findFirst().orElseThrow();
        return "seed %d: %s | replay with -Ddbosj.simulation.seed=%d | trace in %s".formatted(failed.seed(), firstLine, failed.seed(), file);
    }

    /** A thread that spins without ever parking cannot be interrupted; but the seed can be told. */
    private static void watch() {
        var watchdog = new Thread(() -> {
            for (long last = -1; last != running; ) {
                last = running;
                LockSupport.parkNanos(HANG.toNanos());
            }
            System.out.println("seed %d: hangs | replay with -Ddbosj.simulation.seed=%d".formatted(running, running));
            Runtime.getRuntime().halt(2);
        });
        watchdog.setDaemon(true);
        watchdog.start();
    }

    /** Arguments: the first seed, the one behind the last, how many seconds at the most, how many failures at the most. */
    public static void main(String... arguments) throws IOException {
        long first = Long.parseLong(arguments[0]);
        long end = Long.parseLong(arguments[1]);
        long deadline = System.nanoTime() + Duration.ofSeconds(Long.parseLong(arguments[2])).toNanos();
        int enough = Integer.parseInt(arguments[3]);
        watch();
        var simulation = new Simulation(UnaryOperator.identity(), Integer.getInteger("dbosj.simulation.lines", KEPT_LINES));
        for (long seed = first; seed < end && System.nanoTime() < deadline && simulation.failures.size() < enough; seed++) {
            running = seed;
            var result = simulation.run(seed);
            if (result.failure() != null) System.out.println(report(result));
        }
        System.out.println(simulation);
        System.out.println(simulation.tally);
        System.exit(simulation.failures.isEmpty() ? 0 : 1);
    }
}
