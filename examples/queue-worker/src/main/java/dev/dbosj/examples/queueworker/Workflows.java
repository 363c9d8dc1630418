package dev.dbosj.examples.queueworker;

import dev.dbosj.DBOSClient;
import dev.dbosj.examples.queueworker.Agreement.Progress;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.List;

/** What the web server does with workflows, whose code it does not know: they go by their name. */
final class Workflows {
    static final int MOST_LISTED = 100;

    private final DBOSClient client;

    Workflows(DBOSClient client) {
        this.client = client;
    }

    /** Returns the id of the new workflow. */
    String enqueue(int numSteps) {
        return client.enqueue(Agreement.QUEUE, Agreement.WORKFLOW, numSteps).workflowId();
    }

    /** The newest workflows with their progress, in two queries. */
    List<Row> newest() {
        var workflows = client.listWorkflows(WorkflowFilter.all().name(Agreement.WORKFLOW).limit(MOST_LISTED));
        var ids = workflows.stream().map(WorkflowStatus::workflowId).toList();
        var progress = client.getEvents(ids, Agreement.PROGRESS, Progress.class);
        return workflows.stream().map(each -> Row.of(each, progress.get(each.workflowId()))).toList();
    }

    /** Returns the state that came of it: not CANCELLED if it had ended before. */
    WorkflowState cancel(String workflowId) {
        requireOurs(workflowId);
        client.cancelWorkflow(workflowId);
        return client.getWorkflow(workflowId).status();
    }

    /** Returns the state that came of it: a final one if it had returned or failed before. */
    WorkflowState resume(String workflowId) {
        requireOurs(workflowId);
        client.resumeWorkflow(workflowId);
        return client.getWorkflow(workflowId).status();
    }

    /** The database may hold workflows of other programs, which are none of this page's business. */
    private void requireOurs(String workflowId) {
        if (!client.getWorkflow(workflowId).name().equals(Agreement.WORKFLOW))
            throw new NoSuchWorkflowException("there is no such workflow " + workflowId);
    }
}
