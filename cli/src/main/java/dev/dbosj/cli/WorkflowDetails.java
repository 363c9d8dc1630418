package dev.dbosj.cli;

import dev.dbosj.workflow.WorkflowStatus;
import java.util.ArrayList;
import java.util.List;

/** One workflow as lines of words and values. */
final class WorkflowDetails {
    private static final int MOST_OF_A_PAYLOAD = 2_000;
    private static final int WORD = 14;

    private final List<String> lines = new ArrayList<>();

    private WorkflowDetails() {}

    static List<String> lines(WorkflowStatus workflow, Times times, Paint paint) {
        var details = new WorkflowDetails();
        details.line("workflow id", Text.printable(workflow.workflowId()));
        details.line("status", paint.state(workflow.status(), workflow.status().name()));
        details.text("name", workflow.name());
        details.text("queue", workflow.queueName());
        details.text("parent", workflow.parentId());
        details.text("executor", workflow.executorId());
        details.line("attempts", String.valueOf(workflow.attempts()));
        details.line("created", times.localAndAge(workflow.createdAt()));
        details.line("started", times.localAndAge(workflow.startedAt()));
        details.line("completed", times.localAndAge(workflow.completedAt()));
        details.line("duration", View.duration(workflow, times));
        details.payload("input", workflow.input());
        details.payload("output", workflow.output());
        if (workflow.error() != null) details.line("error", Text.printableLines(Failure.of(workflow.error()).story()));
        return details.lines;
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
