package dev.dbosj.cli;

import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.DuplicateWorkflowException;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.QueueDrainingException;
import dev.dbosj.exceptions.QueueFullException;
import dev.dbosj.exceptions.QueueNotRegisteredException;
import dev.dbosj.exceptions.WorkflowConflictException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code dbos-cli}. */
@Command(
        name = "dbos-cli",
        description = "Looks into a system database and manages its workflows.",
        footer = {
            "",
            ExitCode.MEANING,
            "",
            "  dbos-cli workflow list --status ERROR --ended-since 1h",
            "  dbos-cli workflow get ID",
            "  dbos-cli workflow cancel --queue orders --since 2h --dry-run",
            "  dbos-cli workflow list --status CANCELLED -o ids | dbos-cli workflow resume -",
            "  dbos-cli dlq redrive --queue orders --rate 10",
            "  dbos-cli queue list --watch",
            "  dbos-cli check --max-lag 60s --max-failed 0 || page-somebody"
        })
public final class Main {
    private static final int NARROWEST_HELP = 60;
    private static final int WIDEST_HELP = 100;

    private final Terminal terminal;

    @Mixin
    private final Database database;

    @Mixin
    private final Console console;

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
        this.console = new Console(terminal);
        this.database = new Database(terminal);
    }

    public static void main(String... arguments) {
        System.exit(run(Terminal.system(), arguments));
    }

    /** Runs one command. @return the exit code */
    static int run(Terminal terminal, String... arguments) {
        var main = new Main(terminal);
        return main.commandLine(List.of(arguments)).execute(arguments);
    }

    /** The commands as they are, for their manual. */
    static CommandLine commands(Terminal terminal) {
        return new Main(terminal).commandLine(List.of());
    }

    /** With the commands that the arguments may mean. */
    private CommandLine commandLine(List<String> arguments) {
        // Its warnings would repeat arguments as they are, and go past our own error output.
        CommandLine.tracer().setLevel(CommandLine.TraceLevel.OFF);
        var commandLine = new CommandLine(this);
        add(commandLine, commands(arguments), arguments);
        commandLine
                .registerConverter(Duration.class, Main::duration)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(Math.clamp(terminal.width(), NARROWEST_HELP, WIDEST_HELP))
                .setColorScheme(Help.defaultColorScheme(terminal.colours() ? Help.Ansi.ON : Help.Ansi.OFF))
                .setOut(writer(terminal.out()))
                .setErr(writer(terminal.err()))
                .setParameterExceptionHandler((wrong, all) -> refuse(wrong))
                .setExecutionExceptionHandler((failure, command, all) -> fail(failure, command));
        commandLine.getCommandSpec().versionProvider(() -> new String[] {Version.text()});
        return commandLine;
    }

    private Map<String, Supplier<Object>> commands(List<String> arguments) {
        var commands = new LinkedHashMap<String, Supplier<Object>>();
        commands.put("workflow", () -> workflow(arguments));
        commands.put("queue", () -> queue(arguments));
        commands.put("dlq", () -> deadLetters(arguments));
        commands.put("executor", () -> new ExecutorCommands(console, database));
        commands.put("stats", () -> new Stats(console, database));
        commands.put("check", () -> new Check(console, database));
        commands.put("doctor", () -> new Doctor(console, database));
        commands.put("migrate", () -> new Migrate(terminal, database));
        commands.put("completion", () -> new Completion(console));
        commands.put("version", () -> new Version(terminal));
        return commands;
    }

    private CommandLine workflow(List<String> arguments) {
        var group = new WorkflowCommands(console, database);
        var commands = methods(group, "list", "get", "steps", "events", "wait", "result");
        commands.put("start", () -> new WorkflowStart(console, database));
        commands.put("cancel", () -> new Cancel(console, database));
        commands.put("resume", () -> new Resume(console, database));
        commands.put("retry", () -> new WorkflowRetry(console, database));
        return add(new CommandLine(group), commands, arguments);
    }

    private CommandLine deadLetters(List<String> arguments) {
        var group = new DeadLetterCommands(console, database);
        var commands = methods(group, "list", "attempts");
        commands.put("redrive", () -> new DeadLetterRedrive(console, database));
        commands.put("purge", () -> new DeadLetterPurge(console, database));
        return add(new CommandLine(group), commands, arguments);
    }

    private CommandLine queue(List<String> arguments) {
        var group = new QueueCommands(console, database);
        var commands = methods(group, "list", "show", "pause", "resume", "drain");
        commands.put("set", () -> new QueueSet(console, database));
        return add(new CommandLine(group), commands, arguments);
    }

    /** Commands that are methods of the group; these have no order of their own. */
    private static Map<String, Supplier<Object>> methods(Object group, String... names) {
        var commands = new LinkedHashMap<String, Supplier<Object>>();
        for (var name : names)
            commands.put(name, () -> CommandLine.getCommandMethods(group.getClass(), null).stream()
                    .filter(method -> method.getAnnotation(Command.class).name().equals(name))
                    .findFirst()
                    .orElseThrow());
        return commands;
    }

    /** Adds those that may be meant: to make all of them takes longer than what most of them do. */
    private static CommandLine add(CommandLine line, Map<String, Supplier<Object>> commands, List<String> arguments) {
        var named = commands.keySet().stream().filter(arguments::contains).toList();
        for (var name : named.isEmpty() ? commands.keySet() : named) line.addSubcommand(commands.get(name).get());
        return line;
    }

    private static Duration duration(String text) {
        try {
            return Times.duration(text);
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage());
        }
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

    private int fail(Exception failure, CommandLine command) {
        if (failure instanceof WrongUsage wrong) return refuse(new ParameterException(command, wrong.getMessage()));
        boolean expected = failure instanceof DBOSException
                || failure instanceof UncheckedIOException
                || failure instanceof IllegalArgumentException;
        var message = expected ? failure.getMessage() : failure + " (--verbose shows where)";
        terminal.complain(Text.printable("dbos-cli: " + message));
        if (console.isVerbose()) failure.printStackTrace(terminal.err());
        return switch (failure) {
            case NoSuchWorkflowException missing -> ExitCode.NOT_FOUND;
            case QueueNotRegisteredException missing -> ExitCode.NOT_FOUND;
            case WorkflowConflictException taken -> ExitCode.CONFLICT;
            case DuplicateWorkflowException taken -> ExitCode.CONFLICT;
            case QueueDrainingException closed -> ExitCode.CONFLICT;
            case QueueFullException full -> ExitCode.CONFLICT;
            case InterruptedException ended -> ExitCode.INTERRUPTED;
            case IllegalArgumentException impossible -> ExitCode.USAGE;
            default -> ExitCode.FAILURE;
        };
    }
}
