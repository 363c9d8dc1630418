package dev.dbosj.cli;

import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.List;
import java.util.Map;

/** Workflows and what belongs to them. */
final class WorkflowViews {
    private static final Fields<WorkflowStatus> FIELDS = new Fields<WorkflowStatus>()
            .text("workflow_id", WorkflowStatus::workflowId)
            .text("status", workflow -> workflow.status().name())
            .text("name", WorkflowStatus::name)
            .text("queue_name", WorkflowStatus::queueName)
            .number("priority", WorkflowStatus::priority)
            .text("queue_partition_key", WorkflowStatus::partitionKey)
            .payload("input", WorkflowStatus::input)
            .payload("output", WorkflowStatus::output)
            .payload("error", WorkflowStatus::error)
            .text("executor_id", WorkflowStatus::executorId)
            .number("epoch", WorkflowStatus::epoch)
            .number("attempts", WorkflowStatus::attempts)
            .text("parent_workflow_id", WorkflowStatus::parentId)
            .time("created_at", WorkflowStatus::createdAt)
            .time("delay_until_epoch_ms", WorkflowStatus::delayUntil)
            .time("started_at", WorkflowStatus::startedAt)
            .time("completed_at", WorkflowStatus::completedAt);

    private WorkflowViews() {}

    static View<WorkflowStatus> workflows(Times times, Paint paint, boolean shortIds) {
        return new View<>(
                List.of(
                        Column.id("WORKFLOW ID", shortIds, WorkflowStatus::workflowId),
                        Column.<WorkflowStatus>cut("STATUS", workflow -> workflow.status().name())
                                .painted((workflow, text) -> paint.state(workflow.status(), text)),
                        Column.cut("NAME", WorkflowStatus::name),
                        Column.cut("QUEUE", WorkflowStatus::queueName).orLeftOut(),
                        Column.<WorkflowStatus>whole("CREATED", workflow -> times.local(workflow.createdAt())).orLeftOutLast(),
                        Column.<WorkflowStatus>whole("DURATION", workflow -> duration(workflow, times)).orLeftOut()),
                FIELDS,
                WorkflowStatus::workflowId);
    }

    /** Why each is dead, in the place of what all of them have in common. */
    static View<WorkflowStatus> deadLetters(Times times, Paint paint) {
        return new View<>(
                List.of(
                        Column.id("WORKFLOW ID", false, WorkflowStatus::workflowId),
                        Column.cut("NAME", WorkflowStatus::name),
                        Column.cut("QUEUE", WorkflowStatus::queueName).orLeftOut(),
                        Column.<WorkflowStatus>whole("ENDED", workflow -> times.local(workflow.completedAt())).orLeftOutLast(),
                        Column.<WorkflowStatus>cut("ERROR", WorkflowViews::error)
                                .painted((workflow, text) -> paint.failure(text))),
                FIELDS,
                WorkflowStatus::workflowId);
    }

    private static String error(WorkflowStatus workflow) {
        return workflow.error() == null ? null : Failure.of(workflow.error()).brief();
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

    static View<StepInfo> steps(Times times, Paint paint, boolean shortIds) {
        return new View<>(
                List.of(
                        Column.whole("STEP", step -> String.valueOf(step.step())),
                        Column.cut("NAME", StepInfo::name),
                        Column.<StepInfo>whole("STARTED", step -> times.local(step.startedAt())).orLeftOut(),
                        Column.whole("DURATION", step -> Times.span(step.startedAt(), step.completedAt())),
                        Column.id("CHILD", shortIds, StepInfo::childId),
                        Column.<StepInfo>cut("RESULT", WorkflowViews::result)
                                .painted((step, text) -> step.error() == null ? text : paint.failure(text))),
                new Fields<StepInfo>()
                        .number("step", StepInfo::step)
                        .text("name", StepInfo::name)
                        .payload("output", StepInfo::output)
                        .payload("error", StepInfo::error)
                        .text("child_workflow_id", StepInfo::childId)
                        .time("started_at", StepInfo::startedAt)
                        .time("completed_at", StepInfo::completedAt),
                StepInfo::childId);
    }

    /** What it returned or threw, on one line. */
    static String result(StepInfo step) {
        return step.error() == null ? step.output() : Failure.of(step.error()).brief();
    }

    static View<Map.Entry<String, String>> events() {
        return new View<>(
                List.of(Column.cut("KEY", Map.Entry::getKey), Column.cut("VALUE", Map.Entry::getValue)),
                new Fields<Map.Entry<String, String>>()
                        .text("key", Map.Entry::getKey)
                        .payload("value", Map.Entry::getValue),
                Map.Entry::getKey);
    }
}
