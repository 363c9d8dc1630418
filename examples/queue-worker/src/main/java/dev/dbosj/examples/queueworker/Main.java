package dev.dbosj.examples.queueworker;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line: both processes with one command, or just one of them. */
@Command(
        name = "demo queue-worker",
        description = "A web server enqueues workflows and shows how far they are; a worker in another process runs"
                + " them. Kill the worker whenever you like: the next one goes on where it was.",
        sortOptions = false,
        footer = {"", "Exit codes: 1 failed, 2 wrong usage, 130 stopped by Ctrl-C."})
final class Main implements Callable<Integer> {
    private static final int OK = CommandLine.ExitCode.OK;
    private static final int FAILURE = CommandLine.ExitCode.SOFTWARE;
    private static final int WRONG_USAGE = CommandLine.ExitCode.USAGE;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_CONCURRENCY = 1_000;
    private static final int MAX_STEP_MILLIS = 60_000;

    /** Which of the two processes. */
    enum Part {
        WORKER,
        SERVER
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "worker|server", arity = "0..1",
            description = "Only this one; otherwise both are started.")
    private Part part;

    @Option(names = "--db", paramLabel = "URL",
            description = "The system database, for instance postgresql://user:password@host/database;"
                    + " by default a file of SQLite.")
    private String databaseUrl = WorkerSettings.DEFAULT_DATABASE_URL;

    @Option(names = "--port", paramLabel = "N", defaultValue = "8000",
            description = "The web server's port on this machine, 0 for any that is free; default ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--concurrency", paramLabel = "N", defaultValue = "4",
            description = "How many workflows a worker runs at once; default ${DEFAULT-VALUE}.")
    private int concurrency;

    @Option(names = "--step-millis", paramLabel = "N", defaultValue = "1000",
            description = "How long a step takes; default ${DEFAULT-VALUE}.")
    private int stepMillis;

    @Option(names = WorkerProcess.END_WITH, hidden = true)
    private Long companion;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this.")
    private boolean help;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, given) -> {
                    System.err.println(wrong.getMessage() + "; see demo queue-worker --help");
                    return WRONG_USAGE;
                })
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    System.err.println("failed: " + (failure.getMessage() == null ? failure : failure.getMessage()));
                    return FAILURE;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        within("--port", port, 0, MAX_PORT);
        within("--concurrency", concurrency, 1, MAX_CONCURRENCY);
        within("--step-millis", stepMillis, 0, MAX_STEP_MILLIS);
        var worker = new WorkerSettings(databaseUrl, concurrency, Duration.ofMillis(stepMillis));
        switch (part) {
            case null -> both(worker);
            case SERVER -> serve(worker);
            case WORKER -> Worker.run(worker, companion);
        }
        return OK;
    }

    private void both(WorkerSettings worker) throws IOException, InterruptedException {
        try (var stop = StopSignal.listen();
                var site = Site.open(databaseUrl, port);
                var process = WorkerProcess.start(worker)) {
            System.out.println("""
                    The page: %s
                    Enqueue some workflows there, and try in another terminal
                      kill -9 %d
                      %s
                    The second command once more, and two workers share the queue. Ctrl-C ends what this has started."""
                    .formatted(site.address(), process.pid(), worker.command()));
            process.onDeath(() -> System.out.println("""
                    Worker %d is gone, and the bars stand still. The next one goes on where it was:
                      %s""".formatted(process.pid(), worker.command())));
            stop.await();
        }
    }

    private void serve(WorkerSettings worker) throws IOException, InterruptedException {
        try (var stop = StopSignal.listen(); var site = Site.open(databaseUrl, port)) {
            System.out.println("""
                    The page: %s
                    What is enqueued there waits for a worker; in another terminal:
                      %s""".formatted(site.address(), worker.command()));
            stop.await();
        }
    }

    private void within(String option, int value, int least, int most) {
        if (value < least || value > most) {
            var message = "%s %d is outside %d..%d".formatted(option, value, least, most);
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
