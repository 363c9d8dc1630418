package dev.dbosj.lab.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The reliability lab from the command line. */
@Command(
        name = "lab",
        description = "Breaks the engine and its stores in every way the plan knows, and prints what came of it.",
        footer = {
            "", "Ends with 0 if every experiment passed and printed its figures, with 1 otherwise,",
            "with 2 for a wrong command. What fails prints how to replay it, and keeps its",
            "files in reliability/target."
        })
public final class Main implements Callable<Integer> {
    private static final int KILLS = 3;
    private static final int FRAMES = 8;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "prints this")
    private boolean help;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "how long each experiment goes on, on each store; default: as short as in the build")
    private Integer seconds;

    @Option(names = "--only", paramLabel = "T1", split = ",", description = "the experiments to make; default: all")
    private List<String> only = List.of();

    @Option(names = "--seed", paramLabel = "S", description = "repeats the choices of an earlier run")
    private Long seed;

    @Option(
            names = "--store",
            paramLabel = "sqlite|postgres",
            description = "where an experiment knows both: only this")
    private String store;

    /** Ends the virtual machine: a failed experiment may leave threads behind. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() {
        if (seconds != null && seconds < 1) throw refused("--seconds must be at least 1");
        set("dbosj.seconds", seconds);
        set("dbosj.seed", seed);
        set("dbosj.lab.store", store);
        var laboratory = new Laboratory();
        var chosen = chosen(laboratory.experiments());
        var results = new LinkedHashMap<Experiment, Result>();
        for (var experiment : chosen) {
            System.out.println("-- " + experiment);
            var result = laboratory.run(experiment);
            if (!result.isEmpty()) results.put(experiment, result);
        }
        print(results);
        boolean good = results.values().stream().allMatch(Result::isGood);
        // All of them are all only with the proof that they would find something.
        if (only.isEmpty()) good &= watchCanaries(laboratory) == 0;
        return good && !results.isEmpty() ? 0 : 1;
    }

    @Command(
            name = "canaries",
            description = "Removes one guard after the other; ends with 0 if each time some experiment has noticed.")
    int canaries() {
        return watchCanaries(new Laboratory());
    }

    private static void set(String property, Object value) {
        if (value != null) System.setProperty(property, value.toString());
    }

    private ParameterException refused(String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private SortedSet<Experiment> chosen(SortedSet<Experiment> all) {
        var known = all.stream().map(Experiment::tag).distinct().toList();
        for (var name : only)
            if (!known.contains(name))
                throw refused("unknown experiment %s; there are %s".formatted(name, String.join(", ", known)));
        return all.stream()
                .filter(experiment -> only.isEmpty() || only.contains(experiment.tag()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void print(Map<Experiment, Result> results) {
        var table = new Table().row("test", "figures", "seconds", "");
        results.forEach((experiment, result) -> {
            var figures = new ArrayList<>(result.figures());
            if (figures.isEmpty()) figures.add("");
            table.row(experiment.toString(), figures.removeFirst(), seconds(result), result.verdict());
            for (var more : figures) table.row("", more, "", "");
        });
        var killed = results.keySet().stream().filter(experiment -> experiment.number() == KILLS)
                .flatMap(experiment -> results.get(experiment).figures().stream()).toList();
        for (var total : Totals.of(killed)) table.row("T" + KILLS, total, "", "");
        System.out.println("\n" + table);
        results.forEach((experiment, result) -> result.failures().forEach((test, failure) -> {
            System.out.printf("%s %s:%n", experiment, test);
            System.out.println("  " + failure);
            Stream.of(failure.getStackTrace()).filter(frame -> frame.getClassName().startsWith("dev.dbosj"))
                    .limit(FRAMES).forEach(frame -> System.out.println("    at " + frame));
        }));
    }

    private static String seconds(Result result) {
        return String.format(Locale.ROOT, "%.1f", result.took().toMillis() / 1000.0);
    }

    /** @return 0 if every one of them was found */
    private static int watchCanaries(Laboratory laboratory) {
        var table = new Table().row("guard removed", "caught by", "");
        int survivors = 0;
        int all = 0;
        for (var className : laboratory.canaries()) {
            var result = laboratory.runCanaries(className);
            var where = className.substring(className.lastIndexOf('.') + 1);
            for (var canary : result.canaries()) {
                var parts = canary.split(": ", 2);
                table.row(parts[0], where + (parts.length > 1 ? ": " + parts[1] : ""), "caught");
            }
            if (result.canaries().isEmpty())
                result.passed().forEach(test -> table.row(inWords(test), where, "caught"));
            result.failures().forEach((test, failure) -> table.row(inWords(test), where + ": " + failure, "SURVIVED"));
            all += result.passed().size() + result.failures().size();
            survivors += result.failures().size();
        }
        System.out.printf("%n%s%nCANARIES %d, caught %d%n", table, all, all - survivors);
        return survivors == 0 && all > 0 ? 0 : 1;
    }

    private static String inWords(String test) {
        return test.replace("()", "").replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    }
}
