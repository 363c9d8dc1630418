package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.List;
import picocli.CommandLine.Command;

/** Resumes workflows. */
@Command(
        name = "resume",
        description = "Resumes cancelled workflows and dead letters, and their cancelled descendants, at the step where they"
                + " stopped: those of the ids, or all that meet the conditions. Others are left as they are.")
final class Resume extends Change {
    Resume(Console console, Database database) {
        super(console, database);
    }

    @Override
    String verb() {
        return "resume";
    }

    @Override
    String participle() {
        return "resumed";
    }

    @Override
    String besides() {
        return ", their descendants included";
    }

    @Override
    boolean concerns(WorkflowState state) {
        return state == WorkflowState.CANCELLED || state == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED;
    }

    @Override
    String refusal(WorkflowStatus before) {
        if (concerns(before.status())) return null;
        return before.status().isTerminal()
                ? "it has ended with " + before.status()
                : "it is not stopped but " + before.status();
    }

    @Override
    String change(DBOSClient client, WorkflowStatus before) {
        client.resumeWorkflow(before.workflowId());
        var after = client.getWorkflow(before.workflowId());
        if (!concerns(after.status())) return "resumed, " + after.status();
        if (after.executorId() == null) return after.status() + " again"; // by somebody else, in between
        return "will be resumed once %s has stopped it".formatted(executor(after));
    }

    @Override
    List<String> changeAll(DBOSClient client, WorkflowFilter filter) {
        return client.resumeWorkflows(filter);
    }
}
