package dev.dbosj.cli;

import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** One workflow as lines of words and values. */
final class WorkflowDetails {
    private static final int MOST_OF_A_PAYLOAD = 2_000;
    private static final int MOST_STEPS = 200;
    private static final int WORD = 14;
    private static final int BAR = 16;

    private final WorkflowStatus workflow;
    private final Console console;
    private final List<String> lines = new ArrayList<>();

    WorkflowDetails(WorkflowStatus workflow, Console console) {
        this.workflow = workflow;
        this.console = console;
        var times = console.times();
        line("workflow id", Text.printable(workflow.workflowId()));
        line("status", console.paint().state(workflow.status(), workflow.status().name()));
        text("name", workflow.name());
        text("queue", workflow.queueName());
        text("partition", workflow.partitionKey());
        if (workflow.priority() != 0) line("priority", String.valueOf(workflow.priority()));
        text("parent", workflow.parentId());
        text("executor", workflow.executorId());
        line("attempts", String.valueOf(workflow.attempts()));
        line("created", times.localAndAge(workflow.createdAt()));
        if (workflow.delayUntil() != null) line("delayed until", times.zoned(workflow.delayUntil()));
        line("started", times.localAndAge(workflow.startedAt()));
        line("completed", times.localAndAge(workflow.completedAt()));
        line("duration", WorkflowViews.duration(workflow, times));
        payload("input", workflow.input());
        payload("output", workflow.output());
        if (workflow.error() != null) line("error", Text.printableLines(Failure.of(workflow.error()).story()));
    }

    /** A timeline of what it has recorded. */
    WorkflowDetails steps(List<StepInfo> steps) {
        if (steps.isEmpty()) return this;
        var shown = steps.subList(Math.max(0, steps.size() - MOST_STEPS), steps.size());
        lines.add("");
        lines.add(shown.size() == steps.size()
                ? "steps"
                : "steps, the last %d of %d; 'workflow steps' shows all".formatted(shown.size(), steps.size()));
        table(timeline(shown), shown);
        return this;
    }

    private View<StepInfo> timeline(List<StepInfo> steps) {
        var start = steps.stream().map(StepInfo::startedAt).filter(Objects::nonNull).min(Instant::compareTo).orElse(null);
        var end = steps.stream().map(StepInfo::completedAt).filter(Objects::nonNull).max(Instant::compareTo).orElse(null);
        return new View<>(
                List.of(
                        Column.number("STEP", step -> String.valueOf(step.step())),
                        Column.cut("NAME", StepInfo::name),
                        Column.number("AT", step -> Times.span(start, step.startedAt())),
                        Column.number("DURATION", step -> Times.span(step.startedAt(), step.completedAt())),
                        Column.<StepInfo>whole("TIMELINE", step -> bar(step, start, end)).orLeftOut(),
                        Column.<StepInfo>cut("RESULT", step -> step.childId() == null
                                        ? WorkflowViews.result(step)
                                        : "child " + step.childId())
                                .painted((step, text) -> step.error() == null ? text : console.paint().failure(text))),
                new Fields<>(),
                StepInfo::childId);
    }

    private static String bar(StepInfo step, Instant start, Instant end) {
        if (step.startedAt() == null || step.completedAt() == null || start == null) return null;
        double whole = Math.max(1, Duration.between(start, end).toMillis());
        int from = (int) (Duration.between(start, step.startedAt()).toMillis() / whole * BAR);
        int until = (int) Math.ceil(Duration.between(start, step.completedAt()).toMillis() / whole * BAR);
        from = Math.clamp(from, 0, BAR - 1);
        until = Math.clamp(until, from + 1, BAR);
        return "·".repeat(from) + "█".repeat(until - from) + "·".repeat(BAR - until);
    }

    /** Those that it started, as many as are shown at most. */
    WorkflowDetails children(List<WorkflowStatus> children, int most) {
        if (children.isEmpty()) return this;
        lines.add("");
        lines.add(children.size() < most
                ? "children"
                : "children, the first %d; 'workflow list --parent' shows more".formatted(most));
        table(WorkflowViews.workflows(console.times(), console.paint(), false), children);
        return this;
    }

    private <T> void table(View<T> view, List<T> items) {
        lines.addAll(Output.table(view, items, console.terminal()));
    }

    List<String> lines() {
        return lines;
    }

    private void text(String word, String value) {
        if (value != null) line(word, Text.printable(value));
    }

    private void payload(String word, String json) {
        if (json == null) return;
        boolean whole = json.length() <= MOST_OF_A_PAYLOAD;
        var shown = whole ? json : json.substring(0, MOST_OF_A_PAYLOAD);
        var rest = whole ? "" : "… (%d characters; -o json shows all)".formatted(json.length());
        line(word, Text.printable(shown) + rest);
    }

    private void line(String word, String value) {
        if (value == null) return;
        var indented = value.replace("\n", "\n" + " ".repeat(WORD));
        lines.add(word + " ".repeat(WORD - word.length()) + indented);
    }
}
