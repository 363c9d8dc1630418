package dev.dbosj.cli;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The manual of all commands, made from what they say of themselves. */
final class Manual {
    private static final String PREFACE = """
            # dbos-cli

            Looks into a system database and manages its workflows, with or without the application. This page is made
            from the commands by the build.

                ./dbos-cli COMMAND …                                    in the clone
                bin/dbos-cli COMMAND …                                  of the archive cli/target/dbos-cli-*.tar.gz or .zip
                java -jar cli/target/dbos-cli-*.jar COMMAND …           anywhere: one file with all that it needs

            **Database.** `--db URL`, or else the environment variable `DBOS_SYSTEM_DATABASE_URL`, or else the only system
            database among the files of the current folder: `sqlite:orders.db`, `postgresql://user@host:5432/name`. A
            password on the command line can be seen by everybody on the machine; put it into the variable, into `PGPASSWORD`
            or into `~/.pgpass`, or be asked for it if the server wants one. No output contains it. Everything is safe beside
            a running application: the commands use the same API, and what cannot be done is refused with the reason.

            **Output.** `-o table` fits the terminal: what does not fit ends with `…`, ids stay whole as long as there is
            room, columns of less weight are left out. In a pipe nothing is left out. Colours appear on a terminal only,
            and not if `NO_COLOR` is set. `-o json` (an array; an object where one thing is asked for), `-o jsonl` (an
            object on each line), `-o csv` (a heading, and payloads as JSON) and `-o ids` are for programs; the keys stay
            as they are listed here. Times are epoch milliseconds there, spans end in `_ms`, payloads are the JSON that
            they are, what is absent is null. Control characters and invisible ones appear as `\\u001b`.

            **Times.** `2h` is two hours ago, and so are `90s`, `30m`, `1d12h`; `2026-05-01`, `10:30`,
            `2026-05-01T10:30`, each in local time or in UTC with `--utc`; `2026-05-01T10:30:00Z`. Spans of time are
            written likewise.

            **Exit codes.**

            | Code | Meaning |
            |---|---|
            | 0 | done |
            | 1 | failed: the database cannot be used, a limit of `check` is broken, what was waited for did not succeed |
            | 2 | wrong command line |
            | 4 | no such workflow or queue |
            | 5 | conflict: what is asked for does not fit what is there, as resuming a workflow that runs |
            | 130 | interrupted |

            Errors are one line on the standard error; `--verbose` adds the stack trace.

            **Many at once.** `workflow cancel`, `workflow resume`, `workflow retry`, `dlq redrive` and `dlq purge` take
            ids, `-` to read them from the standard input (as `-o ids` writes them), or the conditions of `workflow list`.
            Conditions show what they meet and ask first; `--dry-run` only shows, `--yes` does not ask.
            """;

    private static final String CANDIDATES = "${COMPLETION-CANDIDATES}";

    private final List<String> lines = new ArrayList<>();

    private Manual() {}

    static String of(CommandLine root) {
        var manual = new Manual();
        manual.lines.add(PREFACE.strip());
        manual.add("");
        manual.add("**Everywhere.**");
        manual.add("");
        manual.options(root.getCommandSpec().options().stream().filter(option -> !option.hidden()));
        root.getSubcommands().values().forEach(manual::command);
        manual.add("");
        manual.add("## JSON keys");
        manual.add("");
        manual.keys();
        return String.join("\n", manual.lines) + "\n";
    }

    private void add(String line) {
        lines.add(line);
    }

    private void command(CommandLine command) {
        var spec = command.getCommandSpec();
        if (!command.getSubcommands().isEmpty()) {
            command.getSubcommands().values().stream().distinct().forEach(this::command);
            return;
        }
        add("");
        add("## " + spec.qualifiedName().replaceFirst("dbos-cli ", ""));
        add("");
        add(Stream.of(spec.usageMessage().description()).map(line -> line.startsWith(" ") ? "\n    " + line.strip() : line)
                .collect(Collectors.joining("\n")));
        if (spec.aliases().length > 0) add("Also called `" + String.join("`, `", spec.aliases()) + "`.");
        add("");
        spec.positionalParameters().forEach(parameter -> add("- `%s`: %s".formatted(
                parameter.paramLabel(), text(parameter))));
        options(spec.options().stream().filter(option -> !option.inherited() && !option.hidden()));
    }

    private void options(Stream<OptionSpec> options) {
        options.forEach(option -> add("- `%s%s`: %s".formatted(
                String.join("`, `", option.names()),
                option.arity().max() == 0 ? "" : " " + option.paramLabel(),
                text(option))));
    }

    private static String text(ArgSpec argument) {
        var text = String.join(" ", argument.description());
        if (text.contains(CANDIDATES))
            text = text.replace(CANDIDATES, StreamSupport.stream(argument.completionCandidates().spliterator(), false)
                    .collect(Collectors.joining(", ")));
        return text.replace("${DEFAULT-VALUE}", String.valueOf(argument.defaultValue()));
    }

    private void keys() {
        var times = new Times(Clock.systemUTC());
        var paint = new Paint(false);
        keys("workflow", WorkflowViews.workflows(times, paint, false));
        keys("step", WorkflowViews.steps(times, paint, false));
        keys("event", WorkflowViews.events());
        keys("queue", QueueViews.queues(paint));
        keys("executor", ExecutorCommands.executors(times, paint));
        keys("stats", Stats.view());
        keys("check, doctor", Finding.view(paint));
    }

    private void keys(String what, View<?> view) {
        add("- %s: `%s`".formatted(what, String.join("`, `", view.fields().keys())));
    }
}
