package dev.dbosj.lab.model;

import dev.dbosj.DBOSClient;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.WorkflowConflictException;
import dev.dbosj.lab.model.Robot.Deed;
import dev.dbosj.lab.model.Robot.Order;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** Makes the calls of one sequence on the real engine and on the model, and compares. */
final class Calls {
    /** A queue without a limit, and one that runs one workflow at a time. */
    static final String MANY = "many";
    static final String ONE = "one";

    private static final Pattern MESSAGE = Pattern.compile("\"message\":\"([^\"]*)\"");
    private static final Deed[] DEEDS = {
        Deed.SET, Deed.SET, Deed.TAKE, Deed.TAKE, Deed.STEP, Deed.CHILD, Deed.QUEUED_CHILD, Deed.SEND, Deed.RETURN, Deed.THROW
    };

    private final Engine engine;
    private final String prefix;
    private final Duration patience;
    private final Model model = new Model();
    private final List<String> done = new ArrayList<>();
    private int born;
    private int ordered;

    Calls(Engine engine, String prefix, Duration patience) {
        this.engine = engine;
        this.prefix = prefix;
        this.patience = patience;
    }

    /** Makes them all. @throws Difference at the first that differs */
    void make(List<Call> calls) {
        try {
            for (var call : calls) {
                make(call);
                awaitTheSame();
            }
        } finally {
            end();
        }
    }

    /** Nothing of this sequence is to be in the way of the next. */
    private void end() {
        long deadline = System.nanoTime() + patience.toNanos();
        done.add("cancel all");
        // What is cancelled makes room for the next, so that some go on until it is their turn.
        for (var active = active(); !active.isEmpty(); active = active()) {
            for (var status : active) client(0).cancelWorkflow(status.workflowId());
            if (System.nanoTime() > deadline) throw different("state", "nothing is active", active);
            pause();
        }
    }

    private void make(Call call) {
        var machine = model.all().isEmpty() ? null : model.all().get(call.a() % model.all().size());
        if (machine == null && call.kind() != Call.Kind.START) {
            enqueue(call);
            return;
        }
        switch (call.kind()) {
            case ENQUEUE -> enqueue(call);
            case START -> start();
            case ENQUEUE_AGAIN -> again(machine, call);
            case ENQUEUE_OTHER -> other(machine);
            case ENQUEUE_ALL -> all(1 + call.b() % 3);
            case ORDER -> order(machine, DEEDS[call.b() % DEEDS.length], call);
            case AWAIT_CHILD -> awaitChild(machine);
            case SEND -> send(machine, call);
            case SEND_TO_NOBODY -> refused("send to nobody", NoSuchWorkflowException.class,
                    () -> client(call.b()).send(prefix + "nobody", "text"));
            case CANCEL -> {
                done.add("cancel " + machine.id);
                if (call.b() % 2 == 0) client(call.c()).cancelWorkflow(machine.id);
                else client(call.c()).retrieveWorkflow(machine.id, String.class).cancel();
                model.cancel(machine.id);
            }
            case RESUME -> {
                done.add("resume " + machine.id);
                client(call.b()).resumeWorkflow(machine.id);
                model.resume(machine.id);
            }
            case GET_RESULT -> result(machine, call);
            case GET_EVENT -> event(machine, call);
            case LIST -> list(call);
            case STEPS -> steps(machine, call);
            case STATUS -> {
                var handle = client(call.b()).retrieveWorkflow(machine.id, String.class);
                same("status of " + machine.id, machine.state, handle.getStatus().status());
            }
            case CHANGE_NOBODY -> {
                var nobody = prefix + "nobody";
                var client = client(call.b());
                refused("cancel nobody", NoSuchWorkflowException.class, () -> client.cancelWorkflow(nobody));
                refused("resume nobody", NoSuchWorkflowException.class, () -> client.resumeWorkflow(nobody));
                refused("look at nobody", NoSuchWorkflowException.class, () -> client.getWorkflow(nobody));
            }
            case RESTART -> {
                done.add("restart");
                engine.restart();
                model.restart();
            }
        }
    }

    /** The runtime itself, or a client beside it. */
    private DBOSClient client(int choice) {
        return choice % 2 == 0 ? engine.runtime() : engine.client();
    }

    private String newId() {
        return prefix + born++;
    }

    private void enqueue(Call call) {
        var id = newId();
        var queue = call.b() % 3 == 0 ? MANY : ONE;
        int priority = call.c() % 3;
        done.add("enqueue %s on %s with priority %d".formatted(id, queue, priority));
        client(call.a()).enqueue(WorkflowOptions.id(id).priority(priority), queue, "robot", id);
        model.start(id, queue, priority, null);
    }

    private void start() {
        var id = newId();
        done.add("start " + id);
        engine.runtime().with(WorkflowOptions.id(id)).startWorkflow(engine.robot()::robot, id);
        model.start(id, null, 0, null);
    }

    private void again(Model.Machine machine, Call call) {
        if (machine.parent != null) return;
        done.add("enqueue %s again".formatted(machine.id));
        client(call.b()).enqueue(WorkflowOptions.id(machine.id).priority(1), MANY, "robot", "again");
    }

    private void other(Model.Machine machine) {
        refused("enqueue %s under another name".formatted(machine.id), WorkflowConflictException.class,
                () -> engine.client().enqueue(WorkflowOptions.id(machine.id), MANY, "other", "x"));
    }

    private void all(int count) {
        var id = newId();
        var ids = IntStream.range(0, count).mapToObj(i -> id + "-" + i).toList();
        done.add("enqueue all of " + ids);
        engine.runtime().with(WorkflowOptions.id(id)).enqueueAll(ONE, engine.robot()::robot, ids);
        model.startAll(ids, ONE);
    }

    private void order(Model.Machine machine, Deed deed, Call call) {
        var text = switch (deed) {
            case SET -> "event" + call.c() % 3;
            case TAKE -> call.c() % 2 == 0 ? null : "topic";
            case SEND -> model.all().get(call.c() % model.all().size()).id;
            case CHILD, QUEUED_CHILD -> newId();
            default -> "text" + call.c() % 10;
        };
        order(machine, deed, text, call.c());
    }

    private void order(Model.Machine machine, Deed deed, String text, int choice) {
        var order = new Order(++ordered, deed, text);
        done.add("tell %s %s".formatted(machine.id, order));
        client(choice).send(machine.id, order, Robot.ORDERS);
        model.order(machine.id, order);
    }

    /** Only when it will be answered at once: what is waited for is not to be changed meanwhile. */
    private void awaitChild(Model.Machine machine) {
        if (!machine.is(WorkflowState.PENDING)) return;
        model.all().stream()
                .filter(it -> machine.id.equals(it.parent) && it.state.isTerminal())
                .findFirst()
                .ifPresent(child -> order(machine, Deed.AWAIT, child.id, 0));
    }

    private void send(Model.Machine machine, Call call) {
        var topic = call.b() % 2 == 0 ? null : "topic";
        var key = call.c() % 3 == 0 ? "key" + call.c() % 2 : null;
        var text = "mail" + call.c() % 100;
        done.add("send %s to %s on %s with key %s".formatted(text, machine.id, topic, key));
        client(call.c()).send(machine.id, text, topic, key);
        model.send(machine.id, topic, text, key);
    }

    private void result(Model.Machine machine, Call call) {
        var handle = client(call.b()).retrieveWorkflow(machine.id, String.class);
        var timeout = machine.state.isTerminal() ? patience : Duration.ofMillis(2);
        String real;
        try {
            real = handle.getResult(timeout);
        } catch (DBOSException failure) {
            real = failure.getClass().getSimpleName();
        }
        same("result of " + machine.id, Model.outcome(machine), real);
    }

    private void event(Model.Machine machine, Call call) {
        var key = "event" + call.b() % 3;
        var expected = machine.events.get(key);
        var found = client(call.c()).getEvent(machine.id, key, Integer.class, Duration.ZERO);
        var real = found.map(String::valueOf).orElse(null);
        same("event %s of %s".formatted(key, machine.id), expected, real);
        if (expected != null)
            refused("event as something else", PayloadException.class,
                    () -> client(call.c()).getEvent(machine.id, key, Order.class, Duration.ZERO));
        var ids = model.all().stream().map(it -> it.id).toList();
        var all = new TreeMap<String, String>();
        for (var it : model.all()) if (it.events.containsKey(key)) all.put(it.id, it.events.get(key));
        same("event %s of all".formatted(key), all, new TreeMap<>(client(call.c()).getEvents(ids, key, Integer.class)));
    }

    private void list(Call call) {
        var filter = WorkflowFilter.all().idPrefix(prefix).newestFirst(call.a() % 2 == 0)
                .limit(1 + call.b() % 5).offset(call.c() % 4);
        if (call.b() % 7 < 3) filter = filter.states(WorkflowState.PENDING, WorkflowState.values()[call.c() % 7]);
        if (call.b() % 11 < 4) filter = filter.queueName(ONE);
        if (call.c() % 5 == 0) filter = filter.parentId(model.all().get(call.c() % model.all().size()).id);
        if (call.c() % 6 == 0) filter = filter.name("robot");
        var real = client(call.c()).listWorkflows(filter).stream().map(WorkflowStatus::workflowId).toList();
        same("list " + filter, model.list(filter), real);
    }

    private void steps(Model.Machine machine, Call call) {
        var steps = client(call.b()).listWorkflowSteps(machine.id);
        long real = steps.stream().filter(step -> step.name().equals("step")).count();
        same("steps of " + machine.id, (long) machine.steps, real);
        for (int i = 0; i < steps.size(); i++) same("number of a step of " + machine.id, i, steps.get(i).step());
    }

    private void refused(String what, Class<? extends Exception> expected, Runnable call) {
        Object real = "nothing";
        try {
            call.run();
        } catch (DBOSException failure) {
            real = failure.getClass();
        }
        same(what, expected, real);
    }

    private void same(String what, Object expected, Object real) {
        done.add(what);
        if (!String.valueOf(expected).equals(String.valueOf(real))) throw different(what, expected, real);
    }

    private Difference different(String what, Object expected, Object real) {
        return new Difference("%s%n  model:  %s%n  engine: %s%n  after:%n    %s"
                .formatted(what, expected, real, String.join("\n    ", done)));
    }

    /** The engine is given a little time to do what it was told, and then must stand where the model stands. */
    private void awaitTheSame() {
        long deadline = System.nanoTime() + patience.toNanos();
        var expected = model.all().stream().map(Model.Machine::toString).toList();
        while (true) {
            var real = real();
            if (expected.equals(real)) return;
            if (System.nanoTime() > deadline) throw different("state", expected, real);
            pause();
        }
    }

    private List<String> real() {
        var filter = WorkflowFilter.all().idPrefix(prefix).newestFirst(false).limit(1000);
        return engine.client().listWorkflows(filter).stream().map(this::shown).toList();
    }

    private String shown(WorkflowStatus status) {
        var result = status.output() == null ? message(status.error()) : status.output().replace("\"", "");
        Map<String, String> events = new TreeMap<>();
        engine.client().getEvents(status.workflowId()).forEach((key, value) -> events.put(key, value.replace("\"", "")));
        return "%s %s %s %s %s %s".formatted(
                status.workflowId(), status.status(), status.queueName(), status.parentId(), result, events);
    }

    private static String message(String error) {
        if (error == null) return null;
        var found = MESSAGE.matcher(error);
        return found.find() ? found.group(1) : error;
    }

    private List<WorkflowStatus> active() {
        return engine.client().listWorkflows(WorkflowFilter.all().idPrefix(prefix).limit(1000)).stream()
                .filter(it -> it.executorId() != null || !it.status().isTerminal())
                .toList();
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException interrupt) {
            throw new IllegalStateException(interrupt);
        }
    }
}
