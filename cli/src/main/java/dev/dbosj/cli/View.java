package dev.dbosj.cli;

import com.google.gson.JsonObject;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.List;
import java.util.function.Function;

/**
 * How one kind of thing is shown.
 *
 * @param columns in a table
 * @param json as JSON; the names are those of DBOS
 * @param id in a list of ids; null for none
 */
record View<T>(List<Column<T>> columns, Function<T, JsonObject> json, Function<T, String> id) {
    static View<WorkflowStatus> workflows(Times times, Paint paint, boolean shortIds) {
        return new View<>(
                List.of(
                        Column.id("WORKFLOW ID", shortIds, WorkflowStatus::workflowId),
                        Column.<WorkflowStatus>whole("STATUS", workflow -> workflow.status().name())
                                .painted((workflow, text) -> paint.state(workflow.status(), text)),
                        Column.cut("NAME", WorkflowStatus::name),
                        Column.cut("QUEUE", WorkflowStatus::queueName).orLeftOut(),
                        Column.whole("CREATED", workflow -> times.local(workflow.createdAt())),
                        Column.<WorkflowStatus>whole("DURATION", workflow -> duration(workflow, times)).orLeftOut()),
                View::json,
                WorkflowStatus::workflowId);
    }

    /** How long the last attempt took, or has taken so far; null for what does not run. */
    static String duration(WorkflowStatus workflow, Times times) {
        return switch (workflow.status()) {
            case ENQUEUED, DELAYED -> null;
            case PENDING -> workflow.startedAt() == null ? null : times.since(workflow.startedAt());
            case SUCCESS, ERROR, CANCELLED, MAX_RECOVERY_ATTEMPTS_EXCEEDED ->
                    Times.span(workflow.startedAt(), workflow.completedAt());
        };
    }

    static JsonObject json(WorkflowStatus workflow) {
        return new Json()
                .text("workflow_id", workflow.workflowId())
                .text("status", workflow.status().name())
                .text("name", workflow.name())
                .text("queue_name", workflow.queueName())
                .payload("input", workflow.input())
                .payload("output", workflow.output())
                .payload("error", workflow.error())
                .text("executor_id", workflow.executorId())
                .number("epoch", workflow.epoch())
                .number("attempts", workflow.attempts())
                .text("parent_workflow_id", workflow.parentId())
                .time("created_at", workflow.createdAt())
                .time("started_at", workflow.startedAt())
                .time("completed_at", workflow.completedAt())
                .object();
    }

    static View<StepInfo> steps(Times times, Paint paint, boolean shortIds) {
        return new View<>(
                List.of(
                        Column.whole("STEP", step -> String.valueOf(step.step())),
                        Column.cut("NAME", StepInfo::name),
                        Column.<StepInfo>whole("STARTED", step -> times.local(step.startedAt())).orLeftOut(),
                        Column.whole("DURATION", step -> Times.span(step.startedAt(), step.completedAt())),
                        Column.id("CHILD", shortIds, StepInfo::childId),
                        Column.<StepInfo>cut("RESULT", View::result)
                                .painted((step, text) -> step.error() == null ? text : paint.failure(text))),
                step -> new Json()
                        .number("step", step.step())
                        .text("name", step.name())
                        .payload("output", step.output())
                        .payload("error", step.error())
                        .text("child_workflow_id", step.childId())
                        .time("started_at", step.startedAt())
                        .time("completed_at", step.completedAt())
                        .object(),
                StepInfo::childId);
    }

    private static String result(StepInfo step) {
        return step.error() == null ? step.output() : Failure.of(step.error()).brief();
    }

    static View<WorkflowQueue> queues() {
        return new View<>(
                List.of(
                        Column.whole("QUEUE", WorkflowQueue::name),
                        Column.whole("CONCURRENCY", queue -> limit(queue.concurrency())),
                        Column.whole("WORKER CONCURRENCY", queue -> limit(queue.workerConcurrency()))),
                queue -> new Json()
                        .text("name", queue.name())
                        .number("concurrency", queue.concurrency())
                        .number("worker_concurrency", queue.workerConcurrency())
                        .object(),
                WorkflowQueue::name);
    }

    private static String limit(Integer limit) {
        return limit == null ? "unlimited" : limit.toString();
    }
}
