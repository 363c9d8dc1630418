package dev.dbosj.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs works in pairs, bare writer and engine in turn, and prints medians. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        description = "Measures dbosj against a bare writer of the same rows on the same store, in the same run.",
        footer = {
            "",
            "W2  1,000 workflows at once, 10 steps each: steps per second",
            "W4  10,000 queued workflows of one step, drained by one worker: workflows per second",
            "W5  idle system, enqueue one and wait for its result: milliseconds",
            "W7  a parent enqueues 10,000 children and waits for all: seconds"
        })
public final class Bench implements Callable<Integer> {
    @Option(names = "--store", defaultValue = "sqlite", description = "sqlite (default)")
    private String store;

    @Option(names = "--work", split = ",", defaultValue = "W2,W4,W5,W7", description = "which works, separated by commas (default ${DEFAULT-VALUE})")
    private List<String> works;

    @Option(names = "--runs", defaultValue = "11", description = "measured pairs of runs, after warm-up (default ${DEFAULT-VALUE})")
    private int runs;

    @Option(names = "--warm-up", defaultValue = "12", description = "seconds of runs before those, for the compiler (default ${DEFAULT-VALUE})")
    private int warmUp;

    public static void main(String... arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (!store.equals("sqlite")) throw new IllegalArgumentException("no bench for the store " + store + "; known is sqlite");
        System.out.printf("%-4s %-18s %14s %14s %8s   %s%n", "work", "unit", "dbosj", "bare writer", "share", "wanted");
        boolean allMet = true;
        for (var name : works) allMet &= measure(Work.named(name));
        return allMet ? 0 : 1;
    }

    private boolean measure(Work work) throws Exception {
        var engine = new ArrayList<Double>();
        var bare = new ArrayList<Double>();
        for (long end = System.nanoTime() + warmUp * 1_000_000_000L; System.nanoTime() < end; ) {
            inFreshFolder(work.bare());
            inFreshFolder(work.engine());
        }
        for (int run = 0; run < runs; run++) {
            bare.add(inFreshFolder(work.bare()));
            engine.add(inFreshFolder(work.engine()));
        }
        double ours = median(engine);
        double limit = median(bare);
        double share = work.higherIsBetter() ? ours / limit : limit / ours;
        boolean met = work.target().isMet(ours, share);
        System.out.printf("%-4s %-18s %,14.1f %,14.1f %7.0f%%   %s %s%n",
                work.name(), work.unit(), ours, limit, 100 * share, work.wanted(), met ? "yes" : "NO");
        return met;
    }

    private static double inFreshFolder(Work.Measured measured) throws Exception {
        var folder = Files.createTempDirectory("dbosj-bench");
        try {
            return measured.in(folder);
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static double median(List<Double> figures) {
        return figures.stream().sorted().toList().get(figures.size() / 2);
    }
}
