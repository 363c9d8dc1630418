package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.List;
import picocli.CommandLine.Command;

/** Cancels workflows. */
@Command(
        name = "cancel",
        description = "Cancels workflows and all their descendants that have not ended: those of the ids, or all that meet"
                + " the conditions. One that has ended is left as it is.")
final class Cancel extends Change {
    Cancel(Console console, Database database) {
        super(console, database);
    }

    @Override
    String verb() {
        return "cancel";
    }

    @Override
    String participle() {
        return "cancelled";
    }

    @Override
    String besides() {
        return ", their descendants included";
    }

    @Override
    boolean concerns(WorkflowState state) {
        return !state.isTerminal();
    }

    @Override
    String refusal(WorkflowStatus before) {
        if (!before.status().isTerminal() || before.status() == WorkflowState.CANCELLED) return null;
        return "it has ended with " + before.status();
    }

    // What is said follows from what is recorded afterwards: the workflow may have ended while it was being cancelled.
    @Override
    String change(DBOSClient client, WorkflowStatus before) {
        client.cancelWorkflow(before.workflowId());
        var after = client.getWorkflow(before.workflowId());
        if (after.status() != WorkflowState.CANCELLED) return "left as it is, it has just ended with " + after.status();
        if (before.status() == WorkflowState.CANCELLED) return "was CANCELLED already";
        return after.executorId() == null ? "cancelled" : "cancelled; %s stops it".formatted(executor(after));
    }

    @Override
    List<String> changeAll(DBOSClient client, WorkflowFilter filter) {
        return client.cancelWorkflows(filter);
    }
}
