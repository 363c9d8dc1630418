package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.ExecutorStatus;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The whole database at a glance. */
@Command(
        name = "stats",
        description = "Shows the whole database at a glance: how many workflows there are in each state, what the queues"
                + " hold, how many executors live.")
final class Stats implements Callable<Integer> {
    private final Console console;
    private final Database database;

    @Mixin
    private Output output;

    @Mixin
    private Watch watch;

    /** All of it, at one time. */
    record Snapshot(Map<WorkflowState, Long> workflows, List<QueueViews.Queue> queues, List<ExecutorStatus> executors) {
        long alive() {
            return executors.stream().filter(ExecutorStatus::alive).count();
        }

        Duration lag() {
            return QueueViews.lag(queues);
        }
    }

    Stats(Console console, Database database) {
        this.console = console;
        this.database = database;
    }

    @Override
    public Integer call() {
        try (var client = database.connect()) {
            return watch.show(console, () -> {
                var snapshot = snapshot(client);
                var details = output.isTable() ? details(snapshot) : List.<String>of();
                return output.linesOfOne(view(), snapshot, details, console.terminal());
            });
        }
    }

    private static Snapshot snapshot(DBOSClient client) {
        return new Snapshot(
                client.countWorkflows(),
                QueueViews.all(client.listQueues(), client.queueStats()),
                client.listExecutors());
    }

    static View<Snapshot> view() {
        var fields = new Fields<Snapshot>();
        for (var state : WorkflowState.values())
            fields.number(state.name(), snapshot -> snapshot.workflows().get(state));
        fields.number("queues", snapshot -> snapshot.queues().size())
                .span("lag_ms", Snapshot::lag)
                .number("executors_alive", Snapshot::alive)
                .number("executors_dead", snapshot -> snapshot.executors().size() - snapshot.alive());
        return new View<>(List.of(), fields, snapshot -> null);
    }

    private List<String> details(Snapshot snapshot) {
        var lines = new ArrayList<String>();
        var counts = new View<Map.Entry<WorkflowState, Long>>(
                List.of(
                        Column.<Map.Entry<WorkflowState, Long>>whole("STATUS", count -> count.getKey().name())
                                .painted((count, text) -> console.paint().state(count.getKey(), text)),
                        Column.number("WORKFLOWS", count -> count.getValue().toString())),
                new Fields<>(),
                count -> null);
        lines.addAll(Output.table(counts, List.copyOf(snapshot.workflows().entrySet()), console.terminal()));
        lines.add("");
        if (!snapshot.queues().isEmpty()) {
            lines.addAll(Output.table(QueueViews.queues(console.paint()), snapshot.queues(), console.terminal()));
            lines.add("");
        }
        long dead = snapshot.executors().size() - snapshot.alive();
        lines.add("executors: %d alive%s".formatted(snapshot.alive(), dead == 0 ? "" : ", " + dead + " dead"));
        return lines;
    }
}
