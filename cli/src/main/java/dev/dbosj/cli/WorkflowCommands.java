package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What can be asked of workflows. */
@Command(
        name = "workflow",
        addMethodSubcommands = false,
        description = "Shows, starts, cancels, resumes and retries workflows.")
final class WorkflowCommands {
    private static final String ID = "ID";
    private static final String ID_HELP = "workflow id";
    private static final String SHORT = "--short";
    private static final String SHORT_HELP = "cut long ids in a table";
    private static final int CHILDREN_SHOWN = 20;

    private final Console console;
    private final Database database;

    WorkflowCommands(Console console, Database database) {
        this.console = console;
        this.database = database;
    }

    @Command(name = "list", description = "Lists workflows, the newest first.")
    int list(
            @Mixin Conditions conditions,
            @Mixin Page page,
            @Mixin Output output,
            @Mixin Watch watch,
            @Option(names = SHORT, description = SHORT_HELP) boolean shortIds) {
        var filter = page.of(conditions.filter(console.times())).payloads(output.hasPayloads());
        var view = WorkflowViews.workflows(console.times(), console.paint(), shortIds);
        try (var client = database.connect()) {
            if (watch.isOn())
                return watch.show(console, () -> output.lines(view, client.listWorkflows(filter), console.terminal()));
            var workflows = client.listWorkflows(filter);
            output.show(view, workflows, console);
            if (output.isTable() && console.isInteractive() && workflows.size() == filter.limit())
                console.complain("There may be more: --limit N, --after " + workflows.getLast().workflowId());
        }
        return ExitCode.OK;
    }

    @Command(
            name = "get",
            description = "Shows one workflow: where it stands, its times, its input and result, and a timeline of its"
                    + " steps.")
    int get(
            @Parameters(paramLabel = ID, description = ID_HELP) String id,
            @Mixin Output output,
            @Mixin Watch watch) {
        try (var client = database.connect()) {
            return watch.show(console, () -> {
                var workflow = client.getWorkflow(id);
                var view = WorkflowViews.workflows(console.times(), console.paint(), false);
                var details = output.isTable() ? details(client, workflow) : List.<String>of();
                return output.linesOfOne(view, workflow, details, console.terminal());
            });
        }
    }

    private List<String> details(DBOSClient client, WorkflowStatus workflow) {
        var children = client.listWorkflows(WorkflowFilter.all()
                .parentId(workflow.workflowId()).newestFirst(false).payloads(false).limit(CHILDREN_SHOWN));
        return new WorkflowDetails(workflow, console)
                .steps(client.listWorkflowSteps(workflow.workflowId()))
                .children(children, CHILDREN_SHOWN)
                .lines();
    }

    @Command(name = "steps", description = "Lists what a workflow has recorded, in the order of its steps.")
    void steps(
            @Parameters(paramLabel = ID, description = ID_HELP) String id,
            @Mixin Output output,
            @Option(names = SHORT, description = SHORT_HELP) boolean shortIds) {
        try (var client = database.connect()) {
            var view = WorkflowViews.steps(console.times(), console.paint(), shortIds);
            output.show(view, client.listWorkflowSteps(id), console);
        }
    }

    @Command(name = "events", description = "Lists the latest values of the events that a workflow has set.")
    int events(
            @Parameters(paramLabel = ID, description = ID_HELP) String id,
            @Mixin Output output,
            @Mixin Watch watch) {
        try (var client = database.connect()) {
            client.getWorkflow(id);
            return watch.show(console, () -> output.lines(
                    WorkflowViews.events(), List.copyOf(client.getEvents(id).entrySet()), console.terminal()));
        }
    }

    @Command(
            name = "wait",
            description = "Waits until workflows have ended, and says how. It fails if one did not succeed, or not in"
                    + " time.")
    int await(
            @Parameters(paramLabel = ID, arity = "1..*", description = Ids.HELP) List<String> arguments,
            @Option(names = "--timeout", paramLabel = "TIME", description = "for all of them together; for ever without it")
                    Duration timeout) throws InterruptedException {
        int code = ExitCode.OK;
        try (var client = database.connect(); var ids = Ids.of(arguments, console.terminal())) {
            var waiting = new Waiting(client, console.terminal().pause(), timeout);
            for (var id : (Iterable<String>) ids::iterator) {
                var end = waiting.end(id);
                var line = Text.printable(id) + ": ";
                console.print(line + (end == null ? "has not ended yet" : end.status()));
                if (end == null || end.status() != WorkflowState.SUCCESS) code = ExitCode.FAILURE;
            }
        }
        return code;
    }

    @Command(
            name = "result",
            description = "Prints what a workflow has returned, as JSON. What it threw goes to the standard error, and"
                    + " it fails.")
    int result(
            @Parameters(paramLabel = ID, description = ID_HELP) String id,
            @Option(names = "--wait", description = "wait until it has ended") boolean wait,
            @Option(names = "--timeout", paramLabel = "TIME", description = "wait, but not longer") Duration timeout)
            throws InterruptedException {
        try (var client = database.connect()) {
            var most = timeout == null && !wait ? Duration.ZERO : timeout;
            var end = new Waiting(client, console.terminal().pause(), most).end(id);
            if (end == null) {
                console.complain("dbos-cli: workflow %s has not ended, it is %s; --wait waits for it"
                        .formatted(id, client.getWorkflow(id).status()));
                return ExitCode.CONFLICT;
            }
            if (end.status() == WorkflowState.SUCCESS) {
                console.print(end.output() == null ? "null" : Json.indented(Json.parsed(end.output())));
                return ExitCode.OK;
            }
            var reason = end.error() == null ? "" : ": " + Failure.of(end.error()).brief();
            console.complain("dbos-cli: workflow %s ended with %s%s".formatted(id, end.status(), reason));
            return ExitCode.FAILURE;
        }
    }
}
