package dev.dbosj.examples.patterns;

import dev.dbosj.DBOSConfig;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code ./demo patterns [NAME…] [DATABASE-URL]}: runs those that are named, or all. */
public final class Main {
    private static final Map<String, Pattern> PATTERNS = new LinkedHashMap<>();

    static {
        PATTERNS.put("fair-tenants", FairTenants::run);
        PATTERNS.put("rate-limited-api", RateLimitedApi::run);
        PATTERNS.put("debounce", DebouncedIndex::run);
        PATTERNS.put("dead-letters", DeadLetters::run);
        PATTERNS.put("back-pressure", BackPressure::run);
        PATTERNS.put("batches", BatchedInserts::run);
    }

    /** One short program. */
    @FunctionalInterface
    interface Pattern {
        void run(DBOSConfig config, PrintStream out) throws Exception;
    }

    private Main() {}

    public static void main(String... arguments) throws Exception {
        System.exit(run(List.of(arguments), System.out));
    }

    /** @return the exit code */
    static int run(List<String> arguments, PrintStream out) throws Exception {
        var names = arguments.stream().filter(argument -> !argument.contains(":")).toList();
        var url = arguments.stream().filter(argument -> argument.contains(":")).findFirst().orElse("memory:");
        if (!PATTERNS.keySet().containsAll(names)) {
            out.println("usage: ./demo patterns [" + String.join("|", PATTERNS.keySet()) + "]… [DATABASE-URL]");
            return names.contains("--help") ? 0 : 2;
        }
        for (var pattern : PATTERNS.entrySet()) {
            if (!names.isEmpty() && !names.contains(pattern.getKey())) continue;
            out.println("-- " + pattern.getKey());
            pattern.getValue().run(DBOSConfig.named("patterns").databaseUrl(url).shutdownHook(false), out);
        }
        return 0;
    }
}
