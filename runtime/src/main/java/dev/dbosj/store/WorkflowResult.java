package dev.dbosj.store;

import dev.dbosj.workflow.WorkflowState;

/**
 * How a workflow ended.
 *
 * @param workflowId the workflow
 * @param status a terminal state
 * @param output JSON, if SUCCESS
 * @param error JSON, if ERROR
 */
public record WorkflowResult(String workflowId, WorkflowState status, String output, String error)
        implements Arrival {
    /** Whether it stays so: a cancelled workflow or a dead letter can be resumed. */
    public boolean isFinal() {
        return status == WorkflowState.SUCCESS || status == WorkflowState.ERROR;
    }

    @Override
    public Awaited.Result answers() {
        return new Awaited.Result(workflowId);
    }
}
