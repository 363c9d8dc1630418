package dev.dbosj.postgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Somebody who orders, waits, orders again, and remembers what was accepted and what must come of it. */
final class Customer {
    private static final String REGRETTED = "item-";
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Duration AGAIN = Duration.ofMillis(50);

    private final int number;
    private final DBOSRuntime executor;
    private final DBOSClient client;
    private final Orders orders;
    private final Map<String, Integer> expected = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile boolean leaving;
    private volatile int answers;
    private volatile Throwable failure;

    Customer(int number, DBOSRuntime executor, DBOSClient client, Orders orders) {
        this.number = number;
        this.executor = executor;
        this.client = client;
        this.orders = orders;
        this.thread = Thread.ofVirtual().name("customer-" + number).unstarted(this::run);
    }

    Customer start() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            for (int round = 0; !leaving; round++) {
                shop(1000 * number + round % 1000, number + "-" + round, round + number);
                answers++;
            }
        } catch (Throwable thrown) {
            failure = thrown;
        }
    }

    private void shop(int value, String name, int kind) {
        switch (kind % 6) {
            case 0 -> orderByClient(value);
            case 1 -> orderTwice(value, "order-" + name);
            case 2 -> startHere(value);
            case 3 -> orderRarities(value);
            case 4 -> changeOnesMind(value, REGRETTED + name);
            default -> watch(value);
        }
    }

    private void orderByClient(int value) {
        var order = client.enqueue(Orders.ORDERS.name(), "order", value);
        accepted(order, Orders.resultOfOrder(value));
        assertThat(order.getResult(PATIENCE)).isEqualTo((long) Orders.resultOfOrder(value));
    }

    private void orderTwice(int value, String id) {
        var options = WorkflowOptions.id(id);
        accepted(client.enqueue(options, Orders.ORDERS.name(), "order", value), Orders.resultOfOrder(value));
        var again = executor.with(options).enqueueWorkflow(Orders.ORDERS.name(), orders::order, value);
        assertThat(again.workflowId()).isEqualTo(id);
        assertThat(again.getResult(PATIENCE)).isEqualTo(Orders.resultOfOrder(value));
    }

    private void startHere(int value) {
        var order = executor.startWorkflow(orders::order, value);
        accepted(order, Orders.resultOfOrder(value));
        assertThat(order.getResult(PATIENCE)).isEqualTo(Orders.resultOfOrder(value));
    }

    private void orderRarities(int value) {
        var values = IntStream.range(value, value + 10).boxed().toList();
        var rarities = client.enqueueAll(Orders.FEW.name(), "rarity", values);
        for (int i = 0; i < values.size(); i++) accepted(rarities.get(i), values.get(i));
        assertThat(rarities.getLast().getResult(PATIENCE)).isEqualTo((long) values.getLast());
    }

    /** Whether the step is one of a workflow that was cancelled, which interrupts the body, and resumed. */
    static boolean isCancelledOnce(String stepKey) {
        return stepKey.startsWith(REGRETTED);
    }

    private void changeOnesMind(int value, String id) {
        var item = client.enqueue(WorkflowOptions.id(id), Orders.ITEMS.name(), "item", value);
        client.cancelWorkflow(id);
        client.resumeWorkflow(id);
        accepted(item, value);
        Object result = null;
        while (result == null) {
            try {
                result = item.getResult(PATIENCE);
            } catch (WorkflowCancelledException earlier) {
                pause(); // the resume waits until the attempt that was cancelled has let go
            }
        }
        assertThat(result).isEqualTo((long) value);
    }

    private void watch(int value) {
        var item = client.enqueue(Orders.ITEMS.name(), "item", value);
        accepted(item, value);
        var packed = patiently(() -> client.getEvent(item.workflowId(), "packed", Integer.class, PATIENCE));
        assertThat(packed).contains(value);
    }

    /** A reader is told that the database is away, and may ask again. */
    private <T> T patiently(Supplier<T> read) {
        while (true) {
            try {
                return read.get();
            } catch (SystemDatabaseException away) {
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(AGAIN);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private void accepted(WorkflowHandle<?> handle, int result) {
        expected.put(handle.workflowId(), result);
    }

    /** How often what was ordered has come. */
    int answers() {
        return answers;
    }

    /** What was accepted, and what must come of it. */
    Map<String, Integer> expected() {
        return Map.copyOf(expected);
    }

    void throwFailure() {
        if (failure != null) throw new AssertionError("customer " + number + " failed", failure);
    }

    /** Ends the last order. */
    void leave(Duration atMost) throws InterruptedException {
        leaving = true;
        assertThat(thread.join(atMost)).as("customer %s gets the last answer", number).isTrue();
        throwFailure();
    }

    void stop() {
        leaving = true;
        thread.interrupt();
    }
}
