package dev.dbosj.examples.agent;

import dev.dbosj.exceptions.WorkflowFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line. The launch script says with the system property {@code demo.home} where the files are. */
@Command(
        name = "demo agent",
        description = "An agent that survives: it asks a model, runs the tools that the model asks for, each in a"
                + " durable workflow, and goes on until the model answers. Kill it whenever you like: the same command"
                + " goes on where it was.",
        sortOptions = false,
        footer = {"",
            "Environment: OPENAI_API_KEY, without which a recorded model answers a recorded question; OPENAI_BASE_URL"
                + " for another endpoint that speaks as OpenAI's chat completions do.",
            "Exit codes: 0 answered, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C."})
final class Main implements Callable<Integer> {
    static final int OK = CommandLine.ExitCode.OK;
    private static final int FAILURE = CommandLine.ExitCode.SOFTWARE;
    private static final int WRONG_USAGE = CommandLine.ExitCode.USAGE;
    private static final int MAX_CONCURRENCY = 1_000;
    private static final int MAX_PACE_MILLIS = 60_000;
    private static final int MAX_QUESTION = 10_000;
    private static final int MAX_FETCHED_BYTES = 256 * 1024;
    private static final Duration FETCH_TIMEOUT = Duration.ofSeconds(10);
    private static final String OPENAI = "https://api.openai.com/v1";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "QUESTION", arity = "0..*",
            description = "What to answer; without any, the recorded question.")
    private List<String> words = List.of();

    @Option(names = "--model", paramLabel = "NAME", defaultValue = "gpt-4.1-mini",
            description = "Which model of the endpoint; default ${DEFAULT-VALUE}.")
    private String modelName;

    @Option(names = "--db", paramLabel = "URL", defaultValue = "sqlite:${sys:demo.home:-.}/agent.db",
            description = "The system database: sqlite:FILE or postgresql://USER:PASSWORD@HOST/DATABASE;"
                    + " default ${DEFAULT-VALUE}. Processes on one database share the tool calls.")
    private String databaseUrl;

    @Option(names = "--index", paramLabel = "DIR", defaultValue = "${sys:demo.home:-.}/index",
            description = "What a model other than the recorded one searches: what ./demo has indexed there, or if"
                    + " there is nothing, a few bundled pages; default ${DEFAULT-VALUE}.")
    private Path index;

    @Option(names = "--concurrency", paramLabel = "N", defaultValue = "4",
            description = "How many tools a process runs at once; default ${DEFAULT-VALUE}.")
    private int concurrency;

    @Option(names = "--pace", paramLabel = "MILLIS", defaultValue = "1500",
            description = "How long the recorded model and the slow tool take; default ${DEFAULT-VALUE}.")
    private int paceMillis;

    @Option(names = "--allow-private-addresses",
            description = "Let the model fetch from this machine and its networks, too.")
    private boolean privateAddresses;

    @Option(names = "--fresh", description = "Ask anew what has been asked before.")
    private boolean fresh;

    @Option(names = "--ledger", paramLabel = "FILE",
            description = "Append a line for each beginning and each end of a model call and a tool call.")
    private Path ledgerFile;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this.")
    private boolean help;

    public static void main(String[] arguments) {
        // A name is looked up once: what a fetch connects to is what it has checked, whatever became of the name.
        Security.setProperty("networkaddress.cache.ttl", "-1");
        System.exit(new CommandLine(new Main())
                .setParameterExceptionHandler((wrong, given) -> {
                    System.err.println(wrong.getMessage() + "; see demo agent --help");
                    return WRONG_USAGE;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("failed: " + reasonOf(failure));
                    return FAILURE;
                })
                .execute(arguments));
    }

    private static String reasonOf(Exception failure) {
        Throwable known = failure instanceof WorkflowFailedException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        return Objects.requireNonNullElse(known.getMessage(), known.toString());
    }

    @Override
    public Integer call() throws IOException {
        within("--concurrency", concurrency, 1, MAX_CONCURRENCY);
        within("--pace", paceMillis, 0, MAX_PACE_MILLIS);
        var question = String.join(" ", words).strip();
        within("the length of the question", question.length(), 0, MAX_QUESTION);

        var key = System.getenv("OPENAI_API_KEY");
        boolean live = key != null && !key.isBlank();
        var pace = Duration.ofMillis(paceMillis);
        var recorded = RecordedModel.load(pace);
        try (var ledger = ledgerFile == null ? Ledger.none() : Ledger.appendTo(ledgerFile);
                var library = live ? Library.ingestedOrBundled(index) : Library.bundled()) {
            var web = new WebFetch(privateAddresses, MAX_FETCHED_BYTES, FETCH_TIMEOUT);
            var toolbox = Toolbox.of(library, web, pace);
            var model = live ? new ChatCompletions(baseUrl(), key.strip(), modelName, toolbox.tools()) : recorded;
            var asked = live && !question.isEmpty() ? question : recorded.question();
            if (!question.isEmpty() && !asked.equals(question))
                System.out.println("Without OPENAI_API_KEY a recorded model answers, and another question.\n");
            introduce(asked, model.name(), library);
            var agent = new Agent(model, toolbox, ledger);
            return new Run(databaseUrl, model.name(), agent, concurrency).execute(asked, fresh);
        }
    }

    private static String baseUrl() {
        var url = System.getenv("OPENAI_BASE_URL");
        return url == null || url.isBlank() ? OPENAI : url.strip();
    }

    private static void introduce(String question, String model, Library library) {
        System.out.println("""
                question  %s
                model     %s, with real tools and a library of %,d pages
                process   %d: kill -9 it whenever you like, the same command goes on
                """.formatted(question, model, library.pages(), ProcessHandle.current().pid()));
    }

    private void within(String what, int value, int least, int most) {
        if (value < least || value > most)
            throw new ParameterException(
                    spec.commandLine(), "%s %d is outside %d..%d".formatted(what, value, least, most));
    }
}
