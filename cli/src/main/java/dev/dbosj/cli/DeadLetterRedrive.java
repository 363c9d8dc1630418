package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.Redrive;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lets dead letters be tried again. */
@Command(
        name = "redrive",
        description = "Lets dead letters be tried again where they failed, their attempts counted anew: those of the ids, or"
                + " all that meet the conditions. Others are left as they are.")
class DeadLetterRedrive extends Change {
    @Option(
            names = "--from-step",
            paramLabel = "N",
            description = "forget what was recorded from this operation on, and the children that it started; with ids only")
    private Integer fromStep;

    @Option(
            names = "--arguments",
            paramLabel = "JSON",
            description = "other arguments, as a JSON array; mostly together with --from-step 0; with ids only")
    private String arguments;

    @Option(names = "--delay", paramLabel = "TIME", description = "when they may begin: 10s (from now); with ids only")
    private Duration delay;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "let so many begin in each second; with conditions only")
    private Integer rate;

    DeadLetterRedrive(Console console, Database database) {
        super(console, database);
    }

    @Override
    String verb() {
        return "redrive";
    }

    @Override
    String participle() {
        return "redriven";
    }

    @Override
    boolean concerns(WorkflowState state) {
        return state == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED;
    }

    @Override
    String refusal(WorkflowStatus before) {
        if (rate != null) throw new WrongUsage("--rate is for many that meet conditions; --delay is for one");
        return switch (before.status()) {
            case MAX_RECOVERY_ATTEMPTS_EXCEEDED -> null;
            case ERROR -> "it ended in ERROR for good, as it was to be tried once; for those that come 'queue set"
                    + " --max-attempts' changes that";
            case CANCELLED -> "it is no dead letter but CANCELLED; 'workflow resume' goes on with it";
            default -> "it is no dead letter but " + before.status();
        };
    }

    @Override
    String change(DBOSClient client, WorkflowStatus before) {
        boolean redriven = client.redriveWorkflow(before.workflowId(), how());
        var after = client.getWorkflow(before.workflowId());
        return redriven ? "redriven, " + after.status() : "left as it is, it has just become " + after.status();
    }

    private Redrive how() {
        return WrongUsage.unlessPossible(() -> {
            var how = Redrive.asItIs();
            if (fromStep != null) how = how.fromStep(fromStep);
            if (arguments != null) how = how.arguments(Json.plainList(arguments).toArray());
            return delay == null ? how : how.delay(delay);
        });
    }

    @Override
    List<String> changeAll(DBOSClient client, WorkflowFilter filter) {
        if (fromStep != null || arguments != null || delay != null)
            throw new WrongUsage("--from-step, --arguments and --delay are for dead letters that are named by their ids");
        if (rate == null) return client.redriveWorkflows(filter);
        var limit = WrongUsage.unlessPossible(() -> new RateLimit(rate, Duration.ofSeconds(1)));
        return client.redriveWorkflows(filter, limit);
    }
}
