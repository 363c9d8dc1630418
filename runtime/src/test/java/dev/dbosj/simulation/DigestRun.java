package dev.dbosj.simulation;

import dev.dbosj.DBOS;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Computes the digests of all seeds, on all cores, and writes them to a file. Whoever interrupts it loses little: what
 * was computed with the same classes is not computed again.
 */
public final class DigestRun {
    static final Path FILE = Path.of("src", "test", "resources", "simulation", "digests.txt");

    private final Path target;
    private final Path unfinished;
    private final Digests digests;

    private DigestRun(Path target) {
        this.target = target;
        this.unfinished = Path.of("target", "simulation", "digests-" + fingerprint() + ".txt");
        this.digests = Files.exists(unfinished) ? Digests.read(unfinished) : new Digests(new TreeMap<>());
    }

    /** In the module's directory. Arguments, all optional: the first thousand, the one behind the last, the file. */
    public static void main(String... arguments) throws IOException {
        long first = arguments.length > 0 ? Long.parseLong(arguments[0]) : 0;
        long end = arguments.length > 1 ? Long.parseLong(arguments[1]) : Digests.ALL_LINES;
        var failures = write(first, end, arguments.length > 2 ? Path.of(arguments[2]) : FILE);
        failures.forEach(System.out::println);
        System.exit(failures.isEmpty() ? 0 : 1);
    }

    /** @return what went wrong; the file is written if nothing did */
    static List<String> write(long first, long end, Path target) throws IOException {
        return new DigestRun(target).run(first, end);
    }

    private List<String> run(long first, long end) throws IOException {
        var known = digests.thousands();
        var missing = LongStream.range(first, end).filter(thousand -> !known.contains(thousand)).boxed().toList();
        var tasks = new ArrayList<Lanes.Task>();
        for (int lane = 0; lane < Lanes.CORES && !missing.isEmpty(); lane++)
            tasks.add(new Lanes.Task(Lane.Word.HUNDREDS.line(hundreds(missing, lane).toArray())));
        var failures = new Lanes(this::add).run(tasks).failures();
        if (!failures.isEmpty()) return failures;
        digests.write(target);
        int thousands = digests.thousands().size();
        System.out.printf("DIGEST thousands %d, seeds %d000, digest %s%n", thousands, thousands, digests.ofAll());
        return failures;
    }

    /** A thousand is done by all lanes together, so that it is soon kept. */
    private static List<Long> hundreds(List<Long> thousands, int lane) {
        return thousands.stream()
                .flatMap(it -> LongStream.range(it * Digests.PER_LINE, (it + 1) * Digests.PER_LINE).boxed())
                .filter(hundred -> hundred % Lanes.CORES == lane)
                .toList();
    }

    private void add(long hundred, String digest) {
        int before = digests.thousands().size();
        digests.hundreds().put(hundred, digest);
        if (digests.thousands().size() == before) return;
        System.out.println("thousand " + hundred / Digests.PER_LINE + " is done");
        try {
            digests.write(unfinished);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of the classes that a digest depends on. */
    private static String fingerprint() {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            for (var type : List.of(DBOS.class, Simulation.class)) {
                var root = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
                var classes = type == DBOS.class ? root : root.resolve("dev/dbosj/simulation");
                try (var files = Files.walk(classes)) {
                    for (var file : files.filter(Files::isRegularFile).sorted().toList())
                        sha.update(Files.readAllBytes(file));
                }
            }
            return HexFormat.of().formatHex(sha.digest()).substring(0, 16);
        } catch (Exception e) {
            throw new IllegalStateException("the classes of the simulation cannot be read", e);
        }
    }
}
