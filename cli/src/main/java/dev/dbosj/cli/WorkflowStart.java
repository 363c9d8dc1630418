package dev.dbosj.cli;

import dev.dbosj.workflow.Deduplication;
import dev.dbosj.workflow.WorkflowOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Enqueues a workflow. */
@Command(
        name = "start",
        aliases = "enqueue",
        description = "Enqueues a workflow by its name, for an executor that knows the name, and prints its id.")
final class WorkflowStart implements Callable<Integer> {
    private final Console console;
    private final Database database;

    @Parameters(index = "0", paramLabel = "NAME", description = "the workflow's name")
    private String name;

    @Parameters(
            index = "1..*",
            paramLabel = "ARGUMENT",
            arity = "0..*",
            description = "its arguments: JSON, or else taken for a text")
    private List<String> arguments = List.of();

    @Option(names = {"-q", "--queue"}, paramLabel = "QUEUE", required = true, description = "its queue")
    private String queue;

    @Option(names = "--id", paramLabel = "ID", description = "its id; one that exists is not started again")
    private String id;

    @Option(names = "--priority", paramLabel = "N", defaultValue = "0", description = "lower numbers go first; 0")
    private int priority;

    @Option(names = "--partition", paramLabel = "KEY", description = "its partition key")
    private String partition;

    @Option(names = "--delay", paramLabel = "TIME", description = "when it may begin: 10s (from now)")
    private Duration delay;

    @Option(
            names = "--start-at",
            paramLabel = "TIME",
            description = "when it may begin: 22:30 (today), 2026-05-01T10:30Z")
    private String startAt;

    @Option(
            names = "--deduplication-id",
            paramLabel = "KEY",
            description = "refuse it while another workflow of its queue is active under that key")
    private String deduplicationId;

    @Option(
            names = "--deduplication-policy",
            paramLabel = "POLICY",
            description = "what becomes of it then: REJECT (the default), or RETURN_EXISTING to print the id of that one")
    private Deduplication.Policy deduplicationPolicy;

    @Option(
            names = "--debounce",
            paramLabel = "KEY",
            description = "if one waits under that key, give that one these arguments and put its start off")
    private String debounce;

    @Option(
            names = "--debounce-period",
            paramLabel = "TIME",
            description = "how long after the last such call it starts")
    private Duration period;

    @Option(
            names = "--debounce-at-most",
            paramLabel = "TIME",
            description = "how long after the first one at the latest")
    private Duration atMost;

    WorkflowStart(Console console, Database database) {
        this.console = console;
        this.database = database;
    }

    @Override
    public Integer call() {
        var options = WrongUsage.unlessPossible(this::options);
        try (var client = database.connect()) {
            if (client.listQueues().stream().noneMatch(registered -> registered.name().equals(queue)))
                console.complain("Nobody has registered queue '%s': it waits until somebody does.".formatted(queue));
            var values = arguments.stream().map(Json::plain).toArray();
            console.print(Ids.line(client.enqueue(options, queue, name, values).workflowId()));
        }
        return ExitCode.OK;
    }

    private WorkflowOptions options() {
        if (debounce == null && (period != null || atMost != null))
            throw new WrongUsage("--debounce-period and --debounce-at-most belong to --debounce");
        if (debounce != null && (period == null || atMost == null))
            throw new WrongUsage("--debounce needs --debounce-period and --debounce-at-most");
        if (deduplicationId == null && deduplicationPolicy != null)
            throw new WrongUsage("--deduplication-policy belongs to --deduplication-id");
        var options = WorkflowOptions.defaults().withId(id).priority(priority).partitionKey(partition).delay(delay);
        if (startAt != null) options = options.startAt(toCome(startAt));
        if (deduplicationId != null) options = options.deduplicationId(deduplicationId, policy());
        return debounce == null ? options : options.debounce(debounce, period, atMost);
    }

    private Deduplication.Policy policy() {
        return deduplicationPolicy == null ? Deduplication.Policy.REJECT : deduplicationPolicy;
    }

    // Elsewhere 2h means two hours ago: it would start at once where somebody meant to put it off.
    private Instant toCome(String text) {
        var time = console.times().point(text);
        if (time.isAfter(console.now())) return time;
        throw new WrongUsage("--start-at %s is past; --delay 2h means in two hours".formatted(text));
    }
}
