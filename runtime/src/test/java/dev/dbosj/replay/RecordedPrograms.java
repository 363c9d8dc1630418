package dev.dbosj.replay;

import dev.dbosj.DBOS;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.BatchOptions;
import dev.dbosj.workflow.Functions.Proc0;
import dev.dbosj.workflow.StepOptions;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Programs whose histories are kept. None is ever changed; for what is new there is a new one. */
class RecordedPrograms {
    static final String QUEUE = "children";

    /** How many bodies of steps have run. */
    final AtomicInteger bodies = new AtomicInteger();

    enum Colour { RED, GREEN }

    record Line(String item, int count, BigDecimal price) {}

    record Invoice(String customer, List<Line> lines, LocalDate due, Optional<String> note, Colour colour) {}

    sealed interface Payment permits Cash, Card {}

    record Cash(long cents) implements Payment {}

    record Card(String number, Instant at) implements Payment {}

    private <T> T did(T value) {
        bodies.incrementAndGet();
        return value;
    }

    @Workflow
    String numbers(int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            int n = i;
            sum += DBOS.runStep("number", () -> did(n * n));
        }
        boolean even = DBOS.runStep("even", () -> did(count % 2 == 0));
        double half = DBOS.runStep("half", () -> did(count / 2.0));
        return sum + " " + even + " " + half;
    }

    @Workflow
    Invoice records(String customer) {
        var line = DBOS.runStep("line", () -> did(new Line("book", 3, new BigDecimal("12.50"))));
        return DBOS.runStep("invoice", () -> did(new Invoice(
                customer, List.of(line), LocalDate.of(2024, 2, 29), Optional.of("ü \"quoted\" \\ \n"), Colour.GREEN)));
    }

    @Workflow
    Map<String, List<Integer>> collections() {
        var list = DBOS.runStep(StepOptions.named("list"), new TypeRef<List<Integer>>() {}, () -> did(List.of(1, 2, 3)));
        var map = DBOS.runStep(StepOptions.named("map"), new TypeRef<Map<String, List<Integer>>>() {},
                () -> did(Map.of("a", list)));
        return map;
    }

    @Workflow
    Payment choices() {
        var card = DBOS.runStep(StepOptions.named("pay"), new TypeRef<Payment>() {},
                () -> did(new Card("4711", Instant.parse("2024-02-29T12:00:00Z"))));
        return card instanceof Card paid ? new Cash(paid.number().length()) : card;
    }

    @Workflow
    String failures() {
        var seen = new ArrayList<String>();
        // Without a type the compiler takes a block that always throws for one that returns something.
        Proc0<RuntimeException> fails = () -> {
            did(0);
            throw new IllegalArgumentException("no such item");
        };
        try {
            DBOS.runStep("fails", fails);
        } catch (IllegalArgumentException failure) {
            seen.add(failure.getMessage());
        }
        int tries = DBOS.runStep(StepOptions.named("flaky").maxAttempts(3).interval(Duration.ofMillis(1)), () -> {
            if (DBOS.attempt() < 3) throw new IllegalStateException("not yet");
            return did(DBOS.attempt());
        });
        return seen + " " + tries;
    }

    @Workflow
    int batched() {
        return DBOS.runStep(BatchOptions.upTo(2).within(Duration.ofMillis(1)), this::doubleAll, 21);
    }

    void doubleAll(List<BatchItem<Integer, Integer>> items) {
        for (var item : items) item.complete(did(2 * item.value()));
    }

    @Workflow
    String fails(String why) {
        DBOS.runStep("before", () -> did(1));
        throw new IllegalStateException(why);
    }

    @Workflow
    String chance() {
        var id = DBOS.randomUUID();
        var now = DBOS.now();
        DBOS.sleep(Duration.ofMillis(5));
        return id + " " + now;
    }

    @Workflow
    String events() {
        DBOS.setEvent("progress", 1);
        DBOS.setEvent("progress", new Line("half", 50, BigDecimal.ONE));
        var own = DBOS.getEvent(DBOS.workflowId(), "progress", Line.class, Duration.ZERO);
        var none = DBOS.getEvent(DBOS.workflowId(), "other", String.class, Duration.ZERO);
        return own + " " + none;
    }

    @Workflow
    String messages() {
        DBOS.send(DBOS.workflowId(), "first");
        DBOS.send(DBOS.workflowId(), new Line("second", 2, BigDecimal.TEN), "topic");
        var second = DBOS.recv("topic", Line.class, Duration.ofSeconds(9));
        var first = DBOS.recv(String.class, Duration.ofSeconds(9));
        var late = DBOS.recv(String.class, Duration.ofMillis(5));
        String nobody;
        try {
            DBOS.send("nobody", "x");
            nobody = "sent";
        } catch (DBOSException failure) {
            nobody = failure.getClass().getSimpleName();
        }
        return second + " " + first + " " + late + " " + nobody;
    }

    @Workflow
    String children() {
        var direct = DBOS.startWorkflow(this::numbers, 2);
        var named = DBOS.with(WorkflowOptions.id(DBOS.workflowId() + "-named")).enqueueWorkflow(QUEUE, this::numbers, 3);
        var many = DBOS.enqueueAll(QUEUE, this::numbers, List.of(1, 2));
        var failing = DBOS.startWorkflow(this::fails, "child");
        var all = new ArrayList<String>();
        all.add(direct.getResult());
        all.add(named.getResult());
        for (WorkflowHandle<String> handle : many) all.add(handle.getResult());
        try {
            all.add(failing.getResult());
        } catch (DBOSException failure) {
            all.add(failure.getClass().getSimpleName() + " " + failure.getCause().getMessage());
        }
        return all.toString();
    }

    @Workflow
    void nothing() {
        DBOS.runStep("nothing", () -> {
            bodies.incrementAndGet();
        });
    }
}
