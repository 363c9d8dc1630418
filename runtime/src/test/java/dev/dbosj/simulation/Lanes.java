package dev.dbosj.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Worlds side by side: each lane is a process, so that what they share cannot make one of them depend on another. */
final class Lanes {
    static final int CORES = Runtime.getRuntime().availableProcessors();
    /** The compiler that is faster in the short run. */
    static final String QUICK_COMPILER = "-XX:TieredStopAtLevel=1";

    private static final int WORTH_OPTIMIZING = 20;
    /** How a process is told who logs, and where: as this one was. */
    private static final List<String> LOGGING =
            List.of("slf4j.provider", "slf4j.internal.verbosity", "logback.configurationFile");

    private final List<String> failures = new ArrayList<>();
    private final Map<String, Long> events = new TreeMap<>();
    private final Set<String> called = new TreeSet<>();
    private final Map<Long, String> seeds = new LinkedHashMap<>();
    private final BiConsumer<Long, String> onHundred;
    private Figures figures = Figures.NONE;

    /** @param onHundred told of the digest of each hundred seeds as soon as it is known */
    Lanes(BiConsumer<Long, String> onHundred) {
        this.onHundred = onHundred;
    }

    /** What a lane is to do, and the options of its virtual machine. */
    record Task(String line, List<String> options) {
        Task(String line, String... options) {
            this(line, List.of(options));
        }
    }

    /** Runs all seeds from the first on, at least so many, and then until the time is over. */
    static Lanes ofSeeds(long first, long seconds, long least) {
        var options = seconds < WORTH_OPTIMIZING ? List.of(QUICK_COMPILER) : List.<String>of();
        var tasks = new ArrayList<Task>();
        for (int lane = 0; lane < CORES; lane++)
            tasks.add(new Task(Lane.Word.SEEDS.line(first + lane, CORES, seconds, least / CORES, 3), options));
        return new Lanes((hundred, digest) -> {}).run(tasks);
    }

    /** Runs the tasks side by side, each in a lane of its own, and waits for all of them. */
    Lanes run(List<Task> tasks) {
        var lanes = tasks.stream().map(Lanes::start).toList();
        var readers = lanes.stream().map(lane -> Thread.ofPlatform().start(() -> listen(lane))).toList();
        try {
            for (var reader : readers) reader.join();
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            failures.add("interrupted");
        } finally {
            lanes.forEach(Process::destroyForcibly);
        }
        return this;
    }

    private static Process start(Task task) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m", "-Djdk.trackAllThreads=false"));
        LOGGING.stream()
                .filter(property -> System.getProperty(property) != null)
                .forEach(property -> command.add("-D" + property + "=" + System.getProperty(property)));
        command.addAll(task.options());
        command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Lane.class.getName()));
        command.addAll(Arrays.asList(task.line().split(" ")));
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void listen(Process lane) {
        try (var lines = lane.inputReader()) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) hear(line);
            int code = lane.waitFor();
            if (code != 0) fail("a lane ended with code " + code);
        } catch (IOException | InterruptedException e) {
            fail("a lane was lost: " + e);
        }
    }

    private synchronized void fail(String what) {
        failures.add(what);
    }

    private synchronized void hear(String line) {
        var words = line.split(" ", 3);
        if (line.startsWith(Lane.Word.FIGURES.line())) {
            figures = figures.plus(Figures.parse(line.substring(Lane.Word.FIGURES.line().length())));
        } else if (line.startsWith(Lane.Word.EVENT.line())) {
            events.merge(words[2], Long.parseLong(words[1]), Long::sum);
        } else if (line.startsWith(Lane.Word.CALLED.line())) {
            called.add(line.substring(Lane.Word.CALLED.line().length()));
        } else if (line.startsWith(Lane.Word.HUNDRED.line())) {
            onHundred.accept(Long.parseLong(words[1]), words[2]);
        } else if (line.startsWith(Lane.Word.DIGEST.line())) {
            seeds.put(Long.parseLong(words[1]), words[2]);
        } else {
            failures.add(line);
        }
    }

    /** Broken promises, and whatever else went wrong. */
    List<String> failures() {
        return failures;
    }

    Figures figures() {
        return figures;
    }

    /** How often what happened. */
    Map<String, Long> events() {
        return events;
    }

    /** Which public operations were called. */
    Set<String> called() {
        return called;
    }

    /** The digests of single seeds. */
    Map<Long, String> seeds() {
        return seeds;
    }
}
