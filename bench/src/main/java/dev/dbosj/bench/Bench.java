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
            description = "measured runs, after warm-up (default ${DEFAULT-VALUE}); peers have fewer")
    private int runs;

    @Option(
            names = "--warm-up",
            defaultValue = "12",
            description = "seconds of runs before those, for the compiler (default ${DEFAULT-VALUE})")
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
        boolean withPeer = withPeers && work.peer() != null;
        warmUp(store, work.limit(), work.engine());
        if (withPeer) warmUp(store, work.peer().size(Math.max(1, work.peer().size() / 10)));
        var result = new Result(work);
        int rounds = withPeer ? work.peer().runs() : 1;
        for (int round = 0; round < rounds; round++) {
            for (int run = 0; run < Math.ceilDiv(runs, rounds); run++) {
                result.limit().add(work.limit().run(store));
                result.engine().add(work.engine().run(store));
            }
            if (withPeer) result.peer().add(work.peer().run(store));
        }
        return result;
    }

    private void warmUp(Store store, Side... sides) throws Exception {
        for (long end = System.nanoTime() + warmUp * 1_000_000_000L; System.nanoTime() < end; )
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
