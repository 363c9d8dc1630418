package dev.dbosj.cli;

import dev.dbosj.workflow.ExecutorStatus;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What can be asked of executors. */
@Command(name = "executor", description = "Shows executors.")
final class ExecutorCommands {
    private final Console console;
    private final Database database;

    ExecutorCommands(Console console, Database database) {
        this.console = console;
        this.database = database;
    }

    @Command(name = "list", description = "Lists the executors that have been launched, with what each owns.")
    int list(@Mixin Output output, @Mixin Watch watch) {
        try (var client = database.connect()) {
            return watch.show(console, () -> output.lines(
                    executors(console.times(), console.paint()), client.listExecutors(), console.terminal()));
        }
    }

    static View<ExecutorStatus> executors(Times times, Paint paint) {
        return new View<>(
                List.of(
                        Column.whole("EXECUTOR", ExecutorStatus::executorId),
                        Column.cut("APPLICATION", ExecutorStatus::application),
                        Column.<ExecutorStatus>whole("STATE", executor -> executor.alive() ? "ALIVE" : "DEAD")
                                .painted((executor, text) -> executor.alive() ? text : paint.failure(text)),
                        Column.number("OWNS", executor -> Long.toString(executor.owned())),
                        Column.<ExecutorStatus>number("HEARTBEAT", executor -> times.since(executor.lastHeartbeat())).orLeftOut(),
                        Column.<ExecutorStatus>cut("WORKFLOWS", executor -> String.join(", ", executor.workflowNames()))
                                .orLeftOut()),
                new Fields<ExecutorStatus>()
                        .text("executor_id", ExecutorStatus::executorId)
                        .text("application_name", ExecutorStatus::application)
                        .flag("alive", ExecutorStatus::alive)
                        .number("owned", ExecutorStatus::owned)
                        .time("last_heartbeat", ExecutorStatus::lastHeartbeat)
                        .span("lease_ms", ExecutorStatus::lease)
                        .texts("workflow_names", ExecutorStatus::workflowNames),
                ExecutorStatus::executorId);
    }
}
