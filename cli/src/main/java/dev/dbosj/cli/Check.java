package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.ExecutorStatus;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** For monitoring: an exit code, and why. */
@Command(
        name = "check",
        description = "Looks whether all is within the limits that are named; for monitoring. It fails, with one line for"
                + " each limit that is broken, and also if the database cannot be reached.")
final class Check implements Callable<Integer> {
    private static final int MOST = 100_000;

    private final Console console;
    private final Database database;

    @Mixin
    private Output output;

    @Option(names = {"-q", "--queue"}, paramLabel = "QUEUE", description = "look at these queues only; may be repeated")
    private List<String> queues = List.of();

    @Option(names = "--max-lag", paramLabel = "TIME", description = "for how long a workflow may wait for its turn")
    private Duration lag;

    @Option(names = "--max-enqueued", paramLabel = "N", description = "how many workflows may wait for their turn")
    private Long enqueued;

    @Option(names = "--max-age", paramLabel = "TIME", description = "for how long a workflow may run")
    private Duration age;

    @Option(names = "--max-failed", paramLabel = "N", description = "how many may have ended with ERROR within --within")
    private Long failed;

    @Option(names = "--max-dlq", paramLabel = "N", description = "how many dead letters there may be")
    private Long deadLetters;

    @Option(
            names = "--within",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "the time that --max-failed is about; default ${DEFAULT-VALUE}")
    private Duration within;

    @Option(names = "--min-executors", paramLabel = "N", description = "how many executors must be alive")
    private Long executors;

    Check(Console console, Database database) {
        this.console = console;
        this.database = database;
    }

    @Override
    public Integer call() {
        try (var client = database.connect()) {
            var findings = findings(client);
            console.print(output.isTable()
                    ? Finding.lines(findings, console.paint(), console.terminal().width())
                    : output.lines(Finding.view(console.paint()), findings, console.terminal()));
            return Finding.verdict(findings);
        }
    }

    private List<Finding> findings(DBOSClient client) {
        var findings = new ArrayList<Finding>();
        if (lag != null || enqueued != null) queues(client, findings);
        if (age != null) {
            var before = client.databaseInfo().now().minus(age);
            long running = client.listWorkflows(all().states(WorkflowState.PENDING)).stream()
                    .filter(workflow -> workflow.startedAt() != null && workflow.startedAt().isBefore(before))
                    .count();
            findings.add(limited("age", running, 0, "run for longer than " + Times.brief(age)));
        }
        if (failed != null) {
            var since = client.databaseInfo().now().minus(within);
            var filter = all().states(WorkflowState.ERROR).completedFrom(since);
            findings.add(limited("failed", client.listWorkflows(filter).size(), failed,
                    "have failed in the last " + Times.brief(within)));
        }
        if (deadLetters != null)
            findings.add(limited(
                    "dlq",
                    client.listWorkflows(all().states(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED)).size(),
                    deadLetters,
                    "are dead letters"));
        if (executors != null) {
            long alive = client.listExecutors().stream().filter(ExecutorStatus::alive).count();
            var finding = alive + " alive";
            findings.add(alive >= executors
                    ? Finding.ok("executors", finding)
                    : Finding.failed("executors", finding + ", fewer than " + executors, null));
        }
        if (findings.isEmpty()) findings.add(Finding.ok("database", client.databaseInfo().product()));
        return findings;
    }

    private WorkflowFilter all() {
        return WorkflowFilter.all().queueNames(queues).payloads(false).limit(MOST);
    }

    private void queues(DBOSClient client, List<Finding> findings) {
        for (var queue : client.queueStats()) {
            if (!queues.isEmpty() && !queues.contains(queue.name())) continue;
            if (lag != null && queue.lag().compareTo(lag) > 0)
                findings.add(Finding.failed("lag", "queue %s lags by %s, more than %s"
                        .formatted(queue.name(), Times.span(queue.lag()), Times.brief(lag)), null));
            if (enqueued != null && queue.enqueued() > enqueued)
                findings.add(Finding.failed("enqueued", "on queue %s %d wait, more than %d"
                        .formatted(queue.name(), queue.enqueued(), enqueued), null));
        }
        if (findings.isEmpty()) findings.add(Finding.ok("queues", "all within the limits"));
    }

    private static Finding limited(String check, long number, long most, String what) {
        var finding = number + " " + what;
        return number <= most ? Finding.ok(check, finding) : Finding.failed(check, finding + ", more than " + most, null);
    }
}
