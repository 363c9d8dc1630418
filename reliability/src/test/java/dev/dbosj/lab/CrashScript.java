package dev.dbosj.lab;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * What a process does that may die at any call: it uses every kind of write there is. What its steps have done is kept
 * where no crash reaches it.
 */
final class CrashScript {
    private static final String QUEUE = "queue";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** How the effect of a step and its checkpoint come about; the world is full of those who have it the wrong way. */
    enum Order { EFFECT_THEN_CHECKPOINT, CHECKPOINT_THEN_EFFECT }

    private final Order order;
    private final Map<String, Integer> effects;
    private final CrashLife life;
    private final Map<String, List<Runnable>> postponed = new ConcurrentHashMap<>();

    /** @param effects how often each step has been done, by its key */
    CrashScript(CrashLife life, Map<String, Integer> effects, Order order) {
        this.life = life;
        this.effects = effects;
        this.order = order;
    }

    /** What the outside world asks of the process, and of the next one again if this one does not answer. */
    void ask(DBOSRuntime dbos) {
        dbos.registerQueue(WorkflowQueue.named(QUEUE).concurrency(8));
        dbos.launch();
        var order = dbos.with(WorkflowOptions.id("order")).startWorkflow(this::order, 3);
        var other = dbos.with(WorkflowOptions.id("other").priority(2)).enqueueWorkflow(QUEUE, this::quiet, 7);
        dbos.cancelWorkflow("other");
        dbos.resumeWorkflow("other");
        dbos.send("order", 5, "late", "once");
        order.getResult();
        other.getStatus();
    }

    @Workflow
    int order(int size) {
        int planned = step("plan", size);
        DBOS.setEvent("state", "planned");
        var direct = DBOS.startWorkflow(this::part, 1);
        var named = DBOS.with(WorkflowOptions.id("named")).enqueueWorkflow(QUEUE, this::part, 2);
        var many = DBOS.enqueueAll(QUEUE, this::part, List.of(3, 4));
        DBOS.sleep(Duration.ofMillis(1));
        int sum = planned + direct.getResult() + named.getResult();
        for (var part : many) sum += part.getResult();
        DBOS.setEvent("state", "summed up");
        postponed.getOrDefault(DBOS.workflowId(), List.of()).forEach(life::act);
        int shipped = step("ship", sum);
        return shipped + received("part") + received("late");
    }

    private static int received(String topic) {
        return DBOS.recv(topic, Integer.class, PATIENCE).orElseThrow();
    }

    @Workflow
    int part(int number) {
        int cut = step("cut", number);
        if (number == 3) DBOS.send("order", 1, "part");
        try {
            if (number == 4) cut += DBOS.runStep("break", this::fail);
        } catch (IllegalStateException broken) {
            cut++;
        }
        DBOS.setEvent("cut", cut);
        return step("polish", cut);
    }

    /** Cancelled and resumed, now before it has begun and now in its midst. */
    @Workflow
    int quiet(int number) {
        DBOS.setEvent("begun", number);
        return number;
    }

    private int fail() {
        step(DBOS.stepKey());
        throw new IllegalStateException("broken");
    }

    private int step(String name, int result) {
        return DBOS.runStep(name, () -> {
            var key = DBOS.stepKey();
            Function<String, List<Runnable>> none = id -> new ArrayList<>();
            if (order == Order.EFFECT_THEN_CHECKPOINT || !name.equals("plan")) step(key);
            else postponed.computeIfAbsent(DBOS.workflowId(), none).add(() -> effects.merge(key, 1, Integer::sum));
            return result;
        });
    }

    private void step(String key) {
        life.act(() -> effects.merge(key, 1, Integer::sum));
    }
}
