package dev.dbosj.lab.model;

import dev.dbosj.lab.model.Robot.Deed;
import dev.dbosj.lab.model.Robot.Order;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What the engine means, without threads, time or tables: everything that can happen has happened when a call returns. */
final class Model {
    /** One workflow. */
    static final class Machine {
        final String id;
        final String queue;
        final int priority;
        final String parent;
        final Deque<Order> orders = new ArrayDeque<>();
        final Map<String, Deque<String>> mail = new HashMap<>();
        final Set<String> mailKeys = new HashSet<>();
        final Map<String, String> events = new TreeMap<>();
        int steps;
        WorkflowState state = WorkflowState.ENQUEUED;
        String result;

        Machine(String id, String queue, int priority, String parent) {
            this.id = id;
            this.queue = queue;
            this.priority = priority;
            this.parent = parent;
        }

        boolean is(WorkflowState wanted) {
            return state == wanted;
        }

        /** What is compared with the real one. */
        @Override
        public String toString() {
            return "%s %s %s %s %s %s".formatted(id, state, queue, parent, result, events);
        }
    }

    private final Map<String, Machine> machines = new LinkedHashMap<>();

    List<Machine> all() {
        return List.copyOf(machines.values());
    }

    Machine machine(String id) {
        return machines.get(id);
    }

    /** An id that exists is joined. */
    void start(String id, String queue, int priority, String parent) {
        machines.putIfAbsent(id, new Machine(id, queue, priority, parent));
        settle();
    }

    void startAll(List<String> ids, String queue) {
        for (var id : ids) machines.putIfAbsent(id, new Machine(id, queue, 0, null));
        settle();
    }

    void cancel(String id) {
        family(id).filter(it -> !it.state.isTerminal()).forEach(it -> it.state = WorkflowState.CANCELLED);
        settle();
    }

    void resume(String id) {
        family(id).filter(it -> it.is(WorkflowState.CANCELLED)).forEach(it -> it.state = WorkflowState.ENQUEUED);
        settle();
    }

    private Stream<Machine> family(String id) {
        var family = new HashSet<>(Set.of(id)); // a child is always younger than its parent
        for (var machine : machines.values()) if (family.contains(machine.parent)) family.add(machine.id);
        return all().stream().filter(it -> family.contains(it.id));
    }

    void order(String id, Order order) {
        machine(id).orders.add(order);
        settle();
    }

    /** Of all with one key, the first is kept. */
    void send(String id, String topic, String text, String key) {
        var machine = machine(id);
        if (key == null || machine.mailKeys.add(key))
            machine.mail.computeIfAbsent(String.valueOf(topic), t -> new ArrayDeque<>()).add(text);
        settle();
    }

    /** All executors have ended, and another one is there. */
    void restart() {
        all().stream().filter(it -> it.is(WorkflowState.PENDING)).forEach(it -> it.state = WorkflowState.ENQUEUED);
        settle();
    }

    private void settle() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (var machine : all())
                while (machine.is(WorkflowState.PENDING) && !machine.orders.isEmpty()) carryOut(machine);
            var next = next();
            if (next != null) {
                next.state = WorkflowState.PENDING;
                moved = true;
            }
        }
    }

    private Machine next() {
        boolean busy = all().stream().anyMatch(it -> Calls.ONE.equals(it.queue) && it.is(WorkflowState.PENDING));
        Predicate<Machine> free = it -> !busy || !Calls.ONE.equals(it.queue);
        return all().stream()
                .filter(it -> it.is(WorkflowState.ENQUEUED))
                .filter(free)
                .min(Comparator.comparingInt(it -> it.priority))
                .orElse(null);
    }

    private void carryOut(Machine machine) {
        var order = machine.orders.remove();
        var text = order.text();
        switch (order.deed()) {
            case SET -> machine.events.put(text, String.valueOf(order.number()));
            case TAKE -> machine.events.put("taken", taken(machine, text));
            case STEP -> {
                machine.steps++;
                machine.events.put("stepped", text + order.number());
            }
            case CHILD -> machines.put(text, new Machine(text, null, 0, machine.id));
            case QUEUED_CHILD -> machines.put(text, new Machine(text, Calls.ONE, 0, machine.id));
            case AWAIT -> machine.events.put("awaited", outcome(machine(text)));
            case SEND -> machine(text).mail.computeIfAbsent("null", t -> new ArrayDeque<>()).add("from a robot");
            case RETURN -> end(machine, WorkflowState.SUCCESS, text);
            case THROW -> end(machine, WorkflowState.ERROR, text);
        }
        if (order.deed() != Deed.RETURN && order.deed() != Deed.THROW) machine.events.put(Robot.DID, "" + order.number());
    }

    private static void end(Machine machine, WorkflowState state, String result) {
        machine.state = state;
        machine.result = result;
    }

    private static String taken(Machine machine, String topic) {
        var waiting = machine.mail.get(String.valueOf(topic));
        return waiting == null || waiting.isEmpty() ? "nothing" : waiting.remove();
    }

    /** What whoever waits for it gets. */
    static String outcome(Machine machine) {
        return switch (machine.state) {
            case SUCCESS -> machine.result;
            case ERROR -> "WorkflowFailedException";
            case CANCELLED -> "WorkflowCancelledException";
            default -> "ResultTimeoutException";
        };
    }

    /** The ids that a listing shows, in its order. */
    List<String> list(WorkflowFilter filter) {
        var all = new ArrayList<>(all());
        if (filter.newestFirst()) Collections.reverse(all);
        return all.stream()
                .filter(it -> filter.states().isEmpty() || filter.states().contains(it.state))
                .filter(it -> filter.queueNames().isEmpty() || it.queue != null && filter.queueNames().contains(it.queue))
                .filter(it -> filter.parentId() == null || filter.parentId().equals(it.parent))
                .skip(filter.offset())
                .limit(filter.limit())
                .map(it -> it.id)
                .toList();
    }
}
