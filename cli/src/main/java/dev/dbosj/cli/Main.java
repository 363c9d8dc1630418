package dev.dbosj.cli;

import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code dbos-cli}. */
@Command(
        name = "dbos-cli",
        description = "Looks into a system database and manages its workflows.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        scope = ScopeType.INHERIT,
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong command line, 4 no such workflow.",
            "",
            "  dbos-cli workflow list --status ERROR --limit 20",
            "  dbos-cli workflow list --status CANCELLED --limit 1000 -o ids | dbos-cli workflow resume -"
        })
public final class Main {
    private static final int WIDEST_HELP = 100;

    private final Terminal terminal;

    @Mixin
    private final Database database;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "show the stack trace of a failure")
    private boolean debug;

    private Main(Terminal terminal) {
        this.terminal = terminal;
        this.database = new Database(terminal);
    }

    public static void main(String... arguments) {
        System.exit(run(Terminal.system(), arguments));
    }

    /** Runs one command. @return the exit code */
    static int run(Terminal terminal, String... arguments) {
        var main = new Main(terminal);
        return main.commandLine().execute(arguments);
    }

    private CommandLine commandLine() {
        return new CommandLine(this)
                .addSubcommand(new WorkflowCommands(terminal, database))
                .addSubcommand(new QueueCommands(terminal, database))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(Math.min(terminal.width(), WIDEST_HELP))
                .setColorScheme(Help.defaultColorScheme(terminal.colours() ? Help.Ansi.ON : Help.Ansi.OFF))
                .setOut(writer(terminal.out()))
                .setErr(writer(terminal.err()))
                .setParameterExceptionHandler((wrong, arguments) -> refuse(wrong))
                .setExecutionExceptionHandler((failure, command, arguments) -> fail(failure));
    }

    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    @Command(name = "version", description = "Prints the version.")
    void version() throws IOException {
        terminal.print(new Version().getVersion()[0]);
    }

    private int refuse(ParameterException wrong) {
        var command = wrong.getCommandLine();
        terminal.complain(Text.printable("dbos-cli: " + wrong.getMessage()));
        UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
        terminal.complain("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
        return ExitCode.USAGE;
    }

    private int fail(Exception failure) {
        boolean expected = failure instanceof DBOSException || failure instanceof UncheckedIOException;
        var message = expected ? failure.getMessage() : failure + " (--debug shows where)";
        terminal.complain(Text.printable("dbos-cli: " + message));
        if (debug) failure.printStackTrace(terminal.err());
        return failure instanceof NoSuchWorkflowException ? ExitCode.NO_SUCH_WORKFLOW : ExitCode.FAILURE;
    }

    /** Reads what the build has written down. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            try (var text = Main.class.getResourceAsStream("version.txt")) {
                return new String[] {new String(text.readAllBytes(), StandardCharsets.UTF_8).strip()};
            }
        }
    }
}
