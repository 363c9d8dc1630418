package dev.dbosj.lab;

import dev.dbosj.DBOS;
import dev.dbosj.WorkflowStarter;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The work that is killed: an order makes parts on a queue, starts children directly, under ids of its own and from
 * within a step, sleeps, retries, shows events, waits for them, and adds up all results. What it does follows from its
 * number alone, so that the same order ends the same way wherever and however often it is interrupted.
 */
final class Orders {
    static final String ORDERS = "orders";
    static final String QUEUE = "parts";
    static final int CONCURRENCY = 6;

    private static final int LONGEST_STEP = 12;
    private static final String PARTS = "parts";
    private static final String MADE = "made";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** A part of an order. */
    record Part(int order, int number) {
        int dice(int sides) {
            return Math.floorMod((order * 31 + number) * 0x9E3779B9 >>> 8, sides);
        }
    }

    private final Ledger ledger;
    private final boolean takeTime;

    /** @param takeTime whether steps and sleeps last as long as they say; what they do is the same */
    Orders(Ledger ledger, boolean takeTime) {
        this.ledger = ledger;
        this.takeTime = takeTime;
    }

    static WorkflowQueue queue() {
        return WorkflowQueue.named(QUEUE).workerConcurrency(CONCURRENCY);
    }

    static String id(int order) {
        return "order-" + order;
    }

    /** What a worker is told: take these orders, so many at a time, and say DONE. */
    static String command(int from, int to, int atATime) {
        return "orders %d %d %d".formatted(from, to, atATime);
    }

    /** Starts an order, or joins it. Every second one goes through a queue. */
    WorkflowHandle<String> start(WorkflowStarter dbos, int order) {
        var starter = dbos.with(WorkflowOptions.id(id(order)));
        return order % 2 == 0
                ? starter.startWorkflow(this::fulfil, order)
                : starter.enqueueWorkflow(ORDERS, this::fulfil, order);
    }

    @Workflow
    String fulfil(int order) {
        var size = DBOS.runStep("plan", () -> work("plan", order, 4 + order % 9));
        DBOS.setEvent(PARTS, size);
        var nonce = DBOS.randomUUID();
        var parts = new ArrayList<Part>();
        for (int number = 0; number < size; number++) parts.add(new Part(order, number));
        List<WorkflowHandle<Integer>> made = DBOS.enqueueAll(QUEUE, this::make, parts);
        var direct = DBOS.startWorkflow(this::label, order);
        var named = DBOS.with(WorkflowOptions.id("invoice-" + order)).enqueueWorkflow(QUEUE, this::label, order + 1);
        var begun = DBOS.now();
        DBOS.runStep("reserve", () -> work("reserve", nonce + " " + begun, 1));
        if (order % 3 == 0) DBOS.sleep(time(30));
        int sum = 0;
        for (var part : made) {
            sum += resultOrNone(part);
            DBOS.setEvent(MADE, sum);
        }
        sum += direct.getResult() + named.getResult();
        int total = sum;
        return DBOS.runStep("ship", () -> work("ship", total + " " + nonce, total)) + " shipped";
    }

    private static int resultOrNone(WorkflowHandle<Integer> part) {
        try {
            return part.getResult();
        } catch (WorkflowFailedException broken) {
            return 1000;
        }
    }

    @Workflow
    int make(Part part) {
        int cut = DBOS.runStep(StepOptions.named("cut").maxAttempts(3).interval(time(5)), () -> {
            if (part.dice(4) == 0 && DBOS.attempt() == 1) return fail("cut", part);
            return work("cut", part, part.number() + 1);
        });
        if (part.dice(5) == 1) DBOS.sleep(time(20));
        int more = part.dice(3) == 2 ? DBOS.startWorkflow(this::label, cut).getResult() : 0;
        int depth = cut + more + (part.dice(6) == 2 ? partsOf(part.order()) : 0);
        int drilled = DBOS.runStep("drill", () -> work("drill", depth, depth));
        if (part.dice(11) == 3) throw new IllegalStateException("part " + part.number() + " is broken");
        return DBOS.runStep("polish", () -> {
            if (part.dice(7) == 2) {
                var extra = WorkflowOptions.id("extra-" + part.order() + "-" + part.number());
                DBOS.with(extra).enqueueWorkflow(QUEUE, this::label, drilled);
            }
            return work("polish", drilled, drilled * 2);
        });
    }

    private static int partsOf(int order) {
        return DBOS.getEvent(id(order), PARTS, Integer.class, PATIENCE).orElseThrow();
    }

    @Workflow
    int label(int number) {
        var printed = DBOS.runStep("print", () -> work("print", number, number % 10));
        return DBOS.runStep("stick", () -> work("stick", printed, printed));
    }

    /** A step's body: says what it was given, takes some time, and returns the result. */
    private int work(String name, Object given, int result) {
        note(Entry.Kind.BEGIN, name, given);
        try {
            if (takeTime) Thread.sleep(RandomGenerator.getDefault().nextInt(LONGEST_STEP));
        } catch (InterruptedException interrupt) {
            note(Entry.Kind.INTERRUPTED, name, "");
            throw new IllegalStateException("interrupted", interrupt);
        }
        note(Entry.Kind.END, name, result);
        return result;
    }

    private int fail(String name, Object given) {
        note(Entry.Kind.BEGIN, name, given);
        note(Entry.Kind.FAIL, name, "");
        throw new IllegalStateException("try again");
    }

    private void note(Entry.Kind kind, String name, Object detail) {
        var key = DBOS.stepKey();
        int step = Integer.parseInt(key.substring(key.lastIndexOf(':') + 1));
        ledger.write(kind, DBOS.workflowId(), step, name, DBOS.attempt(), String.valueOf(detail));
    }

    private Duration time(int millis) {
        return takeTime ? Duration.ofMillis(millis) : Duration.ZERO;
    }
}
