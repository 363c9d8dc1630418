package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.List;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What can be asked of workflows, and done to them. */
@Command(name = "workflow", description = "Shows, cancels and resumes workflows.")
final class WorkflowCommands {
    private static final String SHORT = "--short";
    private static final String SHORT_HELP = "cut long ids in a table";
    private static final String IDS_HELP = "workflow ids; - reads them from the standard input, one per line";

    private final Terminal terminal;
    private final Database database;
    private final Times times;
    private final Paint paint;

    WorkflowCommands(Terminal terminal, Database database) {
        this.terminal = terminal;
        this.database = database;
        this.times = new Times(terminal.clock());
        this.paint = new Paint(terminal.colours());
    }

    @Command(name = "list", description = "Lists workflows, the newest first.")
    void list(
            @Mixin Filters filters,
            @Mixin Output output,
            @Option(names = SHORT, description = SHORT_HELP) boolean shortIds) {
        var filter = filters.filter().payloads(output.isJson());
        try (var client = database.connect()) {
            var workflows = client.listWorkflows(filter);
            output.show(View.workflows(times, paint, shortIds), workflows, terminal);
            if (output.isTable() && terminal.interactive() && workflows.size() == filter.limit())
                terminal.complain("There may be more: --limit N, --offset N.");
        }
    }

    @Command(name = "get", description = "Shows one workflow with its input and its result.")
    void get(
            @Parameters(paramLabel = "ID", description = "workflow id") String id,
            @Mixin Output output) {
        try (var client = database.connect()) {
            var workflow = client.getWorkflow(id);
            var details = WorkflowDetails.lines(workflow, times, paint);
            output.showOne(View.workflows(times, paint, false), workflow, details, terminal);
        }
    }

    @Command(name = "steps", description = "Lists what a workflow has recorded, in the order of its steps.")
    void steps(
            @Parameters(paramLabel = "ID", description = "workflow id") String id,
            @Mixin Output output,
            @Option(names = SHORT, description = SHORT_HELP) boolean shortIds) {
        try (var client = database.connect()) {
            output.show(View.steps(times, paint, shortIds), client.listWorkflowSteps(id), terminal);
        }
    }

    @Command(name = "cancel", description = "Cancels workflows and all their descendants that have not ended.")
    int cancel(@Parameters(paramLabel = "ID", arity = "1..*", description = IDS_HELP) List<String> ids) {
        return each(ids, WorkflowCommands::cancel);
    }

    @Command(
            name = "resume",
            description = "Resumes cancelled workflows and dead letters, and their cancelled descendants, at the step"
                    + " where they stopped.")
    int resume(@Parameters(paramLabel = "ID", arity = "1..*", description = IDS_HELP) List<String> ids) {
        return each(ids, WorkflowCommands::resume);
    }

    /**
     * Does something to each workflow and says what came of it, also after one that does not exist. What cannot even be
     * an id ends it: such a list is some other file.
     */
    private int each(List<String> arguments, BiFunction<DBOSClient, String, String> act) {
        int code = ExitCode.OK;
        try (var client = database.connect(); var ids = Ids.of(arguments, terminal)) {
            for (var id : (Iterable<String>) ids::iterator) {
                try {
                    terminal.print(Text.printable(id) + ": " + act.apply(client, id));
                } catch (NoSuchWorkflowException missing) {
                    terminal.complain(Text.printable(missing.getMessage()));
                    code = ExitCode.NO_SUCH_WORKFLOW;
                }
            }
        }
        return code;
    }

    // What is said follows from what is recorded afterwards: the workflow may have ended while it was being cancelled.
    private static String cancel(DBOSClient client, String id) {
        var before = client.getWorkflow(id).status();
        client.cancelWorkflow(id);
        var after = client.getWorkflow(id);
        if (after.status() != WorkflowState.CANCELLED) return "left as it is, " + after.status();
        if (before == WorkflowState.CANCELLED) return "was CANCELLED already";
        return after.executorId() == null ? "cancelled" : "cancelled; executor %s stops it".formatted(executor(after));
    }

    private static String resume(DBOSClient client, String id) {
        var before = client.getWorkflow(id).status();
        client.resumeWorkflow(id);
        var after = client.getWorkflow(id);
        if (!isResumable(before)) return "left as it is, " + after.status();
        if (!isResumable(after.status())) return "resumed, " + after.status();
        if (after.executorId() == null) return after.status() + " again"; // by somebody else, in between
        return "will be resumed once executor %s has stopped it".formatted(executor(after));
    }

    private static String executor(WorkflowStatus workflow) {
        return Text.printable(workflow.executorId());
    }

    private static boolean isResumable(WorkflowState state) {
        return state == WorkflowState.CANCELLED || state == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED;
    }
}
