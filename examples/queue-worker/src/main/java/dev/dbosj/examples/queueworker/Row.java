package dev.dbosj.examples.queueworker;

import com.google.gson.JsonParser;
import dev.dbosj.examples.queueworker.Agreement.Progress;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Instant;

/**
 * A workflow as the page shows it. What is not known is null: the steps before a worker has begun, the times that have
 * not come, the error of what has not failed.
 *
 * @param createdAt and the other times are in ISO 8601, UTC
 */
record Row(
        String workflowId,
        WorkflowState workflowStatus,
        Integer stepsCompleted,
        Integer numSteps,
        String createdAt,
        String startedAt,
        String completedAt,
        String error) {

    /** @param progress null for none yet */
    static Row of(WorkflowStatus workflow, Progress progress) {
        return new Row(
                workflow.workflowId(),
                workflow.status(),
                progress == null ? null : progress.steps_completed(),
                progress == null ? null : progress.num_steps(),
                text(workflow.createdAt()),
                text(workflow.startedAt()),
                text(workflow.completedAt()),
                message(workflow.error()));
    }

    private static String text(Instant time) {
        return time == null ? null : time.toString();
    }

    private static String message(String error) {
        if (error == null) return null;
        var recorded = JsonParser.parseString(error).getAsJsonObject();
        var message = recorded.get("message");
        return message == null || message.isJsonNull() ? recorded.get("name").getAsString() : message.getAsString();
    }
}
