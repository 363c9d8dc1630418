package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.workflow.ExecutorStatus;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks for everything that keeps workflows from getting on. */
@Command(
        name = "doctor",
        description = "Looks for everything that keeps workflows from getting on, and says what to do: the connection, the"
                + " tables, clocks, executors, stuck workflows, queues and names that nobody serves, missing indexes.")
final class Doctor implements Callable<Integer> {
    private static final Duration SKEW = Duration.ofSeconds(2);
    private static final int MANY_ATTEMPTS = 3;
    private static final int NAMED = 5;

    private final Console console;
    private final Database database;

    @Mixin
    private Output output;

    @Option(
            names = "--stuck-after",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "a workflow that has run for longer may be stuck; default ${DEFAULT-VALUE}")
    private Duration stuckAfter;

    private final List<Finding> findings = new ArrayList<>();

    Doctor(Console console, Database database) {
        this.console = console;
        this.database = database;
    }

    @Override
    public Integer call() {
        examine();
        console.print(output.isTable()
                ? Finding.lines(findings, console.paint(), console.terminal().width())
                : output.lines(Finding.view(console.paint()), findings, console.terminal()));
        return Finding.verdict(findings);
    }

    private void examine() {
        long start = System.nanoTime();
        try (var client = database.connect()) {
            var info = client.databaseInfo();
            var took = Duration.ofNanos(System.nanoTime() - start);
            findings.add(Finding.ok("connection", "%s, answered in %s".formatted(info.product(), Times.span(took))));
            findings.add(Finding.ok("tables", "version " + info.schemaVersion()));
            var skew = Duration.between(console.now(), info.now());
            findings.add(skew.abs().compareTo(SKEW) <= 0
                    ? Finding.ok("clock", "as on this machine")
                    : Finding.warning("clock", "the database's is %s %s this machine's".formatted(
                                    Times.span(skew.abs()), skew.isNegative() ? "behind" : "ahead of"),
                            "Leases and delays go by the database's clock, so workflows are not in danger, but times in"
                                    + " logs differ. Let NTP set both clocks."));
            findings.add(info.missingIndexes().isEmpty()
                    ? Finding.ok("indexes", "all there")
                    : Finding.failed("indexes", "missing or invalid: " + String.join(", ", info.missingIndexes()),
                            "Somebody has dropped them, or could not build them to the end. Make them again as 'dbos-cli"
                                    + " migrate --print' shows them on an empty database."));
            executors(client.listExecutors());
            queues(client);
            names(client);
            workflows(client);
        } catch (SystemDatabaseException failure) {
            findings.add(Finding.failed("connection", failure.getMessage(), null));
        }
    }

    private void executors(List<ExecutorStatus> executors) {
        long alive = executors.stream().filter(ExecutorStatus::alive).count();
        var dead = executors.stream().filter(executor -> !executor.alive()).toList();
        if (alive == 0)
            findings.add(Finding.warning("executors", "none is alive",
                    "Nothing is run until an application is launched on this database."));
        else findings.add(Finding.ok("executors", alive + " alive"));
        long left = dead.stream().mapToLong(ExecutorStatus::owned).sum();
        if (left > 0)
            findings.add((alive == 0 ? Finding.failed("dead executors", owned(dead, left), "Launch the application:"
                            + " any executor takes over what they own.")
                    : Finding.warning("dead executors", owned(dead, left), "An executor that lives takes over what they"
                            + " own within seconds. Look again; if it stays so, look into its log.")));
    }

    private static String owned(List<ExecutorStatus> dead, long left) {
        return "%d still own %d workflows: %s".formatted(dead.size(), left, dead.stream()
                .limit(NAMED).map(ExecutorStatus::executorId).collect(Collectors.joining(", ")));
    }

    private void queues(DBOSClient client) {
        int before = findings.size();
        for (var queue : QueueViews.all(client.listQueues(), client.queueStats())) {
            var stats = queue.stats();
            if (stats.isEmpty()) continue;
            if (queue.definition() == null)
                findings.add(Finding.failed("queues", "queue '%s' holds %d workflows and nobody has registered it"
                                .formatted(queue.name(), stats.enqueued() + stats.delayed() + stats.running()),
                        "Launch the application that registers it, or, if the name is mistyped, cancel them: dbos-cli"
                                + " workflow cancel --queue NAME. 'dbos-cli queue set NAME --create' registers it by hand."));
            else if (stats.state() != QueueState.ACTIVE)
                findings.add(Finding.warning("queues", "queue '%s' is %s and %d wait on it".formatted(
                                queue.name(), stats.state(), stats.enqueued() + stats.delayed()),
                        "'dbos-cli queue resume' lets it go on."));
        }
        if (findings.size() == before) findings.add(Finding.ok("queues", "all that hold anything are registered and active"));
    }

    private void names(DBOSClient client) {
        var unserved = client.unservedWorkflows();
        if (unserved.isEmpty()) findings.add(Finding.ok("names", "all that wait have an executor that knows them"));
        unserved.forEach((name, count) -> findings.add(Finding.failed("names",
                "%d workflows named '%s' wait and no executor knows that name".formatted(count, name),
                "Launch the application that has a @Workflow of that name, or cancel them: dbos-cli workflow cancel"
                        + " --status ENQUEUED --name NAME.")));
    }

    private void workflows(DBOSClient client) {
        var running = client.listWorkflows(
                WorkflowFilter.all().states(WorkflowState.PENDING).newestFirst(false).payloads(false).limit(10_000));
        var before = client.databaseInfo().now().minus(stuckAfter);
        var slow = running.stream().filter(one -> one.startedAt() != null && one.startedAt().isBefore(before)).toList();
        var unlucky = client.listWorkflows(WorkflowFilter.all()
                        .states(WorkflowState.PENDING, WorkflowState.ENQUEUED, WorkflowState.DELAYED)
                        .newestFirst(false).payloads(false).limit(10_000)).stream()
                .filter(one -> one.attempts() >= MANY_ATTEMPTS)
                .toList();
        if (!slow.isEmpty())
            findings.add(Finding.warning("stuck", "%d run for longer than %s: %s".formatted(
                            slow.size(), Times.brief(stuckAfter), ids(slow)),
                    "'dbos-cli workflow get' shows at which step; 'dbos-cli workflow cancel' stops one."));
        if (!unlucky.isEmpty())
            findings.add(Finding.warning("stuck", "%d have lost their executor %d times or more without getting ahead: %s"
                            .formatted(unlucky.size(), MANY_ATTEMPTS, ids(unlucky)),
                    "They may be what kills it: look into its log for out of memory and the like, and cancel them if so."));
        if (slow.isEmpty() && unlucky.isEmpty()) findings.add(Finding.ok("stuck", "no workflow"));
    }

    private static String ids(List<WorkflowStatus> workflows) {
        return workflows.stream().limit(NAMED).map(WorkflowStatus::workflowId).collect(Collectors.joining(", "))
                + (workflows.size() > NAMED ? ", …" : "");
    }
}
