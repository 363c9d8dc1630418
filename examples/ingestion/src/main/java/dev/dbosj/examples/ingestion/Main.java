package dev.dbosj.examples.ingestion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line. The launch script says with system properties what only it knows: {@code demo.home}, the folder for
 * database and index; {@code demo.corpus}, what is ingested without arguments; {@code demo.terminal}, whether the
 * output is a terminal.
 */
@Command(
        name = "demo",
        description = "Makes documents searchable, each in a durable workflow."
                + " Kill it whenever you like: the same command goes on where it was.",
        subcommands = SearchCommand.class,
        sortOptions = false,
        footer = {"", "demo queue-worker shows another program: a web page whose workflows run in a separate worker.", "",
            "Exit codes: 0 done (documents that cannot be read are listed), 1 failed, 2 wrong usage."})
final class Main implements Callable<Integer> {
    static final int OK = CommandLine.ExitCode.OK;
    static final int FAILURE = CommandLine.ExitCode.SOFTWARE;
    private static final int WRONG_USAGE = CommandLine.ExitCode.USAGE;
    private static final int MAX_CONCURRENCY = 1_000;
    private static final int SHORTEST_LEASE = 2;
    private static final int LONGEST_LEASE = 3_600;
    static final boolean ON_TERMINAL = Boolean.getBoolean("demo.terminal");

    // Kept, because a logger that nobody holds forgets its level. Lucene recommends an incubating module at each start.
    private static final Logger LUCENE = Logger.getLogger("org.apache.lucene.internal.vectorization");

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SOURCE", arity = "0..*",
            description = "Folders, files (HTML, PDF, text, Markdown, jars of Javadoc) and http(s) addresses;"
                    + " without any, the Javadoc of a few large libraries.")
    private List<String> sources = List.of();

    @Option(names = "--db", paramLabel = "URL", defaultValue = "sqlite:${sys:demo.home:-.}/ingestion.db",
            description = "The system database: sqlite:FILE or postgresql://USER:PASSWORD@HOST/DATABASE;"
                    + " default ${DEFAULT-VALUE}. Processes on one database share the work.")
    private String databaseUrl;

    @Option(names = "--index", paramLabel = "DIR", scope = ScopeType.INHERIT,
            defaultValue = "${sys:demo.home:-.}/index",
            description = "Where the search index is; default ${DEFAULT-VALUE}.")
    private Path index;

    @Option(names = "--concurrency", paramLabel = "N", defaultValue = "10",
            description = "How many documents a process works on at once; default ${DEFAULT-VALUE}.")
    private int concurrency;

    @Option(names = "--lease", paramLabel = "SECONDS", defaultValue = "10",
            description = "How long others wait before they take over the documents of a process that is not heard of"
                    + " any more, 2 to 3600; default ${DEFAULT-VALUE}. On one machine and SQLite they need not wait.")
    private int lease;

    @Option(names = "--limit", paramLabel = "N", defaultValue = "" + DocumentFinder.MAX_DOCUMENTS,
            description = "Only the first N documents; at most ${DEFAULT-VALUE}.")
    private int limit;

    @Option(names = "--fresh", description = "Forget what was done: delete the database and the index, and begin anew.")
    private boolean fresh;

    @Option(names = "--ledger", paramLabel = "FILE",
            description = "Append a line for each document parsed and each page indexed.")
    private Path ledger;

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this.")
    private boolean help;

    public static void main(String[] arguments) {
        LUCENE.setLevel(Level.SEVERE);
        System.exit(new CommandLine(new Main())
                .setParameterExceptionHandler((wrong, given) -> {
                    System.err.println(wrong.getMessage() + "; see demo --help");
                    return WRONG_USAGE;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("failed: " + (failure.getMessage() == null ? failure : failure.getMessage()));
                    return FAILURE;
                })
                .execute(arguments));
    }

    Path index() {
        return index.toAbsolutePath().normalize();
    }

    @Override
    public Integer call() throws IOException {
        within("--limit", limit, 1, DocumentFinder.MAX_DOCUMENTS);
        within("--concurrency", concurrency, 1, MAX_CONCURRENCY);
        within("--lease", lease, SHORTEST_LEASE, LONGEST_LEASE);
        var selection = new Selection(absoluteSources(), limit, index().toString());
        if (fresh) RunFiles.delete(databaseUrl, index());
        return new Run(databaseUrl, selection, concurrency, Duration.ofSeconds(lease), ledger).execute();
    }

    private List<String> absoluteSources() {
        var given = sources.isEmpty() ? List.of(System.getProperty("demo.corpus", "")) : sources;
        return given.stream().map(this::absolute).toList();
    }

    private String absolute(String source) {
        if (Location.isWeb(source)) return source;
        var path = Path.of(source).toAbsolutePath().normalize();
        if (source.isEmpty() || !Files.exists(path)) throw wrong("there is no file or folder '%s'".formatted(source));
        return path.toString();
    }

    private void within(String option, int value, int least, int most) {
        if (value < least || value > most)
            throw wrong("%s %d is outside %d..%d".formatted(option, value, least, most));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
