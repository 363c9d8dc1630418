package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.List;
import picocli.CommandLine.Command;

/** Removes dead letters. */
@Command(
        name = "purge",
        description = "Removes dead letters for good, with all that is recorded about them: those of the ids, or all that"
                + " meet the conditions. One whose parent may still wait for its result stays.")
final class DeadLetterPurge extends Change {
    DeadLetterPurge(Console console, Database database) {
        super(console, database);
    }

    @Override
    String verb() {
        return "purge";
    }

    @Override
    String participle() {
        return "purged";
    }

    @Override
    boolean concerns(WorkflowState state) {
        return state == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED;
    }

    @Override
    String refusal(WorkflowStatus before) {
        return concerns(before.status()) ? null : "it is no dead letter but " + before.status();
    }

    @Override
    String change(DBOSClient client, WorkflowStatus before) {
        return client.purgeWorkflow(before.workflowId()) ? "purged" : "left as it is, its parent may wait for its result";
    }

    @Override
    List<String> changeAll(DBOSClient client, WorkflowFilter filter) {
        return client.purgeWorkflows(filter);
    }
}
