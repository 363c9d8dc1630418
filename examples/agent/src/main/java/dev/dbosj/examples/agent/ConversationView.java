package dev.dbosj.examples.agent;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowStatus;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Prints a conversation, each line once and as soon as it is recorded. It looks at nothing but the system database, and
 * so it shows also what other processes do, and what was done by one that is dead. Thread-safe.
 */
final class ConversationView implements AutoCloseable {
    private static final Gson GSON = new Gson();
    private static final int ARGUMENT_WIDTH = 36;
    private static final int RESULT_WIDTH = 60;
    private static final String LINE = "  %-9s %-" + ARGUMENT_WIDTH + "s %7s %-8s %s";
    private static final int LOOK_MILLIS = 100;

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("view").factory());
    private final DBOSClient dbos;
    private final String workflowId;
    private final Instant begin;
    private final PrintStream out;
    private final Set<Integer> shown = new HashSet<>();
    private int turns;
    private int toolsEarlier;
    private int toolsNow;

    /** @param begin what was done before is marked as earlier */
    ConversationView(DBOSClient dbos, String workflowId, Instant begin, PrintStream out) {
        this.dbos = dbos;
        this.workflowId = workflowId;
        this.begin = begin;
        this.out = out;
    }

    void start() {
        timer.scheduleWithFixedDelay(this::show, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized void show() {
        var steps = dbos.listWorkflowSteps(workflowId);
        var running = toolCalls(); // asked for after the steps: all that they have begun is there
        Iterator<ToolCall> asked = Collections.emptyIterator();
        for (var step : steps) {
            if (isReply(step)) {
                var reply = GSON.fromJson(step.output(), Message.class);
                asked = reply.calls().iterator();
                if (shown.add(step.step())) showTurn(step, reply);
            } else if (beginsTool(step)) {
                var call = asked.next();
                var status = running.get(step.childId());
                if (status.completedAt() != null && shown.add(step.step())) showTool(call, status);
            }
        }
    }

    private Map<String, WorkflowStatus> toolCalls() {
        var children = WorkflowFilter.all().parentId(workflowId).limit(Agent.MAX_TURNS * Agent.MAX_TOOL_CALLS);
        return dbos.listWorkflows(children).stream()
                .collect(Collectors.toMap(WorkflowStatus::workflowId, Function.identity()));
    }

    private static boolean isReply(StepInfo step) {
        return step.name().equals(Agent.ASK_MODEL) && step.output() != null;
    }

    private static boolean beginsTool(StepInfo step) {
        return step.childId() != null && step.name().startsWith(Agent.CALL_TOOL);
    }

    private void showTurn(StepInfo step, Message reply) {
        turns++;
        int calls = reply.calls().size();
        out.println("turn %d, %s: %s".formatted(
                turns,
                duration(step.startedAt(), step.completedAt()),
                calls == 0 ? "the answer" : calls + " tool calls"));
    }

    private void showTool(ToolCall call, WorkflowStatus status) {
        boolean earlier = status.completedAt().isBefore(begin);
        if (earlier) toolsEarlier++;
        else toolsNow++;
        out.println(LINE.formatted(
                call.function().name(),
                oneLine(argumentOf(call), ARGUMENT_WIDTH),
                duration(status.startedAt(), status.completedAt()),
                earlier ? "earlier" : "",
                oneLine(resultOf(status), RESULT_WIDTH)));
    }

    /** Of {@code {"query": "this"}}, what is of interest. */
    private static String argumentOf(ToolCall call) {
        return call.function().arguments().replaceFirst("^\\{\\s*\"\\w+\":\\s*\"?(.*?)\"?\\s*}$", "$1");
    }

    private static String resultOf(WorkflowStatus call) {
        return switch (call.status()) {
            case SUCCESS -> GSON.fromJson(call.output(), String.class);
            case ERROR -> "failed: " + GSON.fromJson(call.error(), JsonObject.class).get("message").getAsString();
            default -> "failed: " + call.status();
        };
    }

    private static String duration(Instant from, Instant to) {
        return String.format(Locale.ROOT, "%.2f s", Duration.between(from, to).toNanos() / 1e9);
    }

    private static String oneLine(String text, int width) {
        var line = text.replaceAll("\\s+", " ");
        return line.length() <= width ? line : line.substring(0, width - 3) + "...";
    }

    int turns() {
        return turns;
    }

    int toolsEarlier() {
        return toolsEarlier;
    }

    int toolsNow() {
        return toolsNow;
    }

    /** Prints what is left. */
    @Override
    public void close() {
        timer.shutdown();
        show();
    }
}
