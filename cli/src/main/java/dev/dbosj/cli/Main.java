package dev.dbosj.cli;

import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code dbos-cli}. */
@Command(
        name = "dbos-cli",
        description = "Looks into a system database and manages its workflows.",
        footer = {
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong command line, 4 no such workflow.",
            "",
            "  dbos-cli workflow list --status ERROR --limit 20",
            "  dbos-cli workflow list --status CANCELLED --limit 1000 -o ids | dbos-cli workflow resume -"
        })
public final class Main {
    private static final int NARROWEST_HELP = 60;
    private static final int WIDEST_HELP = 100;

    private final Terminal terminal;

    @Mixin
    private final Database database;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "show the stack trace of a failure")
    private boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "show what a command does, and its options")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "show the version")
    private boolean version;

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
        // Its warnings would repeat arguments as they are, and go past our own error output.
        CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
        var commandLine = new CommandLine(this)
                .addSubcommand(new WorkflowCommands(terminal, database))
                .addSubcommand(new QueueCommands(terminal, database))
                .addSubcommand(new Migrate(terminal, database))
                .addSubcommand(new Version(terminal))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(Math.clamp(terminal.width(), NARROWEST_HELP, WIDEST_HELP))
                .setColorScheme(Help.defaultColorScheme(terminal.colours() ? Help.Ansi.ON : Help.Ansi.OFF))
                .setOut(writer(terminal.out()))
                .setErr(writer(terminal.err()))
                .setParameterExceptionHandler((wrong, arguments) -> refuse(wrong))
                .setExecutionExceptionHandler((failure, command, arguments) -> fail(failure));
        commandLine.getCommandSpec().versionProvider(() -> new String[] {Version.text()});
        return commandLine;
    }

    private static PrintWriter writer(OutputStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    private int refuse(ParameterException wrong) {
        var command = wrong.getCommandLine();
        terminal.complain(Text.printable("dbos-cli: " + wrong.getMessage()));
        UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
        if (command.getSubcommands().isEmpty())
            terminal.complain("Try '%s --help'.".formatted(command.getCommandSpec().qualifiedName()));
        else command.usage(command.getErr());
        return ExitCode.USAGE;
    }

    private int fail(Exception failure) {
        boolean expected = failure instanceof DBOSException
                || failure instanceof UncheckedIOException
                || failure instanceof IllegalArgumentException;
        var message = expected ? failure.getMessage() : failure + " (--debug shows where)";
        terminal.complain(Text.printable("dbos-cli: " + message));
        if (debug) failure.printStackTrace(terminal.err());
        return switch (failure) {
            case NoSuchWorkflowException missing -> ExitCode.NO_SUCH_WORKFLOW;
            case IllegalArgumentException impossible -> ExitCode.USAGE;
            default -> ExitCode.FAILURE;
        };
    }
}
