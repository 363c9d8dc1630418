package dev.dbosj.cli;

import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowState;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** What can be asked of dead letters. */
@Command(
        name = "dlq",
        addMethodSubcommands = false,
        description = "Shows, redrives and purges dead letters: workflows that nobody tries any more.")
final class DeadLetterCommands {
    private final Console console;
    private final Database database;

    DeadLetterCommands(Console console, Database database) {
        this.console = console;
        this.database = database;
    }

    @Command(name = "list", description = "Lists dead letters, the newest first.")
    int list(@Mixin Conditions conditions, @Mixin Page page, @Mixin Output output, @Mixin Watch watch) {
        var dead = WrongUsage.unlessPossible(() ->
                conditions.filter(console.times()).states(List.of(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED)));
        var filter = page.of(dead);
        var view = WorkflowViews.deadLetters(console.times(), console.paint());
        try (var client = database.connect()) {
            return watch.show(
                    console, () -> output.lines(view, client.listWorkflows(filter), console.terminal()));
        }
    }

    @Command(name = "attempts", description = "Lists the failed attempts of a workflow, each with its error.")
    void attempts(@Parameters(paramLabel = "ID", description = "workflow id") String id, @Mixin Output output) {
        try (var client = database.connect()) {
            output.show(attempts(console.times(), console.paint()), client.listWorkflowAttempts(id), console);
        }
    }

    private static View<WorkflowAttempt> attempts(Times times, Paint paint) {
        return new View<>(
                List.of(
                        Column.number("NUMBER", attempt -> Integer.toString(attempt.number())),
                        Column.<WorkflowAttempt>whole("STARTED", attempt -> times.local(attempt.startedAt())).orLeftOut(),
                        Column.<WorkflowAttempt>whole("FAILED", attempt -> times.local(attempt.endedAt())),
                        Column.<WorkflowAttempt>number("STEP", DeadLetterCommands::step),
                        Column.<WorkflowAttempt>cut("ERROR", attempt -> Failure.of(attempt.error()).brief())
                                .painted((attempt, text) -> paint.failure(text))),
                new Fields<WorkflowAttempt>()
                        .number("number", WorkflowAttempt::number)
                        .number("attempt", WorkflowAttempt::attempt)
                        .payload("error", WorkflowAttempt::error)
                        .number("step", WorkflowAttempt::step)
                        .flag("dead", WorkflowAttempt::dead)
                        .text("executor_id", WorkflowAttempt::executorId)
                        .time("started_at", WorkflowAttempt::startedAt)
                        .time("ended_at", WorkflowAttempt::endedAt),
                attempt -> Integer.toString(attempt.number()));
    }

    /** Which operation was its undoing. */
    private static String step(WorkflowAttempt attempt) {
        return attempt.step() == null ? null : attempt.step().toString();
    }
}
