package dev.dbosj.bench;

import dev.dbosj.postgres.PostgresServer;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the sides of each work in turn, and prints medians. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Measures dbosj against a bare writer of its rows and against peers, on one store, in one run.",
        footer = {
            "",
            "W2  1,000 workflows at once, 10 steps each: steps per second",
            "W4  10,000 queued workflows of one step, drained by one worker: workflows per second",
            "W5  idle system, enqueue one and wait for its result: milliseconds",
            "W7  a parent enqueues 10,000 children and waits for all: seconds",
            "W9  W4 among finished workflows, in turn with empty tables, on postgres: workflows per second"
        })
public final class Bench implements Callable<Integer> {
    private static final int RUNS_IN_ROUND = 4;
    private static final int LEAST_ROUNDS = 2;
    private static final int MOST_ROUNDS = 5;
    private static final int SECONDS_OF_ROUNDS = 40;

    @Option(names = "--store", defaultValue = "sqlite", description = "sqlite (default) or postgres")
    private String store;

    @Option(
            names = "--postgres",
            paramLabel = "URL",
            description = "the server: postgresql://user:password@host:port/database, of a user who may create"
                    + " databases; by default one is started for the run")
    private String postgres;

    @Option(
            names = "--work",
            split = ",",
            defaultValue = "W2,W4,W5,W7",
            description = "which works, separated by commas (default ${DEFAULT-VALUE})")
    private List<String> works;

    @Option(names = "--peers", split = ",", description = "whom to compare with, on postgres: dbos")
    private List<String> peers = List.of();

    @Option(
            names = "--finished",
            defaultValue = "1000000",
            description = "finished workflows in the tables for W9 (default ${DEFAULT-VALUE})")
    private int finished;

    @Option(
            names = "--runs",
            defaultValue = "11",
            description = "measured runs (default ${DEFAULT-VALUE}); with peers as many rounds as fit in a minute")
    private int runs;

    @Option(
            names = "--warm-up",
            defaultValue = "12",
            description = "seconds of runs before those, for the compiler, half for a peer (default ${DEFAULT-VALUE})")
    private int warmUp;

    public static void main(String... arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        var chosen = works.stream().map(name -> Work.named(name, finished)).toList();
        boolean withPeers = isWithPeers();
        boolean allMet = true;
        try (var opened = open()) {
            System.out.println(opened.description());
            if (withPeers) System.out.println(DbosEngine.description());
            for (var work : chosen) allMet &= print(measure(work, opened, withPeers), opened.target(work));
        }
        return allMet ? 0 : 1;
    }

    private boolean isWithPeers() {
        if (peers.isEmpty()) return false;
        if (!peers.equals(List.of("dbos"))) throw new IllegalArgumentException("no peers " + peers + "; known is dbos");
        if (!store.equals("postgres")) throw new IllegalArgumentException("dbos is measured on --store postgres");
        return true;
    }

    private Store open() throws Exception {
        return switch (store) {
            case "sqlite" -> new SqliteFiles();
            case "postgres" ->
                new PostgresDatabases(postgres == null ? PostgresServer.durable().url("postgres") : postgres);
            default -> throw new IllegalArgumentException("no store " + store + "; known are sqlite and postgres");
        };
    }

    /** The sides take turns, so that what disturbs one disturbs the others. */
    private Result measure(Work work, Store store, boolean withPeers) throws Exception {
        var result = new Result(work);
        if (withPeers && work.peer() != null) {
            warmUp(store, warmUp / 2, work.limit(), work.engine());
            warmUp(store, warmUp / 2, work.peer().size(Math.ceilDiv(work.peer().size(), 3)));
            long begin = System.nanoTime();
            for (int round = 1; round <= MOST_ROUNDS; round++) {
                measure(result, store, RUNS_IN_ROUND);
                result.peer().add(work.peer().run(store));
                if (round >= LEAST_ROUNDS && System.nanoTime() - begin > SECONDS_OF_ROUNDS * 1_000_000_000L) break;
            }
        } else {
            warmUp(store, warmUp, work.limit(), work.engine());
            measure(result, store, runs);
        }
        return result;
    }

    private static void measure(Result result, Store store, int runs) throws Exception {
        for (int run = 0; run < runs; run++) {
            result.limit().add(result.work().limit().run(store));
            result.engine().add(result.work().engine().run(store));
        }
    }

    private static void warmUp(Store store, int seconds, Side... sides) throws Exception {
        for (long end = System.nanoTime() + seconds * 1_000_000_000L; System.nanoTime() < end; )
            for (var side : sides) side.run(store);
    }

    private static boolean print(Result result, Target target) {
        var work = result.work();
        System.out.println(work.name() + "  " + work.unit());
        print(work.engine(), result.engine());
        print(work.limit(), result.limit());
        if (!result.peer().isEmpty()) print(work.peer(), result.peer());
        if (!target.canTell(result)) return true;
        System.out.println("    " + target.verdict(result));
        return target.isMet(result);
    }

    private static void print(Side side, Figures figures) {
        System.out.printf("    %-32s %s%n", side.name(), figures);
    }
}
