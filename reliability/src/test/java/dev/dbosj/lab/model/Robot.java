package dev.dbosj.lab.model;

import dev.dbosj.DBOS;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A workflow that does what it is told by messages, one after the other, and nothing by itself. */
class Robot {
    /** What a robot can be told. */
    enum Deed {
        /** Sets the event {@code text}. */
        SET,
        /** Takes a message of the topic {@code text}, or of none, and shows it as the event {@code taken}. */
        TAKE,
        /** Runs a step. */
        STEP,
        /** Starts the child {@code text} directly. */
        CHILD,
        /** Enqueues the child {@code text}. */
        QUEUED_CHILD,
        /** Waits for the child {@code text}, and shows how it ended as the event {@code awaited}. */
        AWAIT,
        /** Sends a message to the workflow {@code text}. */
        SEND,
        /** Returns {@code text}. */
        RETURN,
        /** Throws an exception that says {@code text}. */
        THROW
    }

    record Order(int number, Deed deed, String text) {}

    static final String ORDERS = "orders";
    static final String DID = "did";

    @Workflow
    String robot(String name) {
        var children = new HashMap<String, WorkflowHandle<String>>();
        while (true) {
            var order = DBOS.recv(ORDERS, Order.class, Duration.ofHours(1)).orElseThrow();
            if (order.deed() == Deed.RETURN) return order.text();
            if (order.deed() == Deed.THROW) throw new IllegalStateException(order.text());
            carryOut(order, children);
            DBOS.setEvent(DID, order.number());
        }
    }

    private void carryOut(Order order, Map<String, WorkflowHandle<String>> children) {
        var text = order.text();
        switch (order.deed()) {
            case SET -> DBOS.setEvent(text, order.number());
            case TAKE -> DBOS.setEvent("taken", DBOS.recv(text, String.class, Duration.ZERO).orElse("nothing"));
            case STEP -> DBOS.setEvent("stepped", DBOS.runStep("step", () -> text + order.number()));
            case CHILD -> children.put(text, DBOS.with(WorkflowOptions.id(text)).startWorkflow(this::robot, text));
            case QUEUED_CHILD ->
                children.put(text, DBOS.with(WorkflowOptions.id(text)).enqueueWorkflow(Calls.ONE, this::robot, text));
            case AWAIT -> DBOS.setEvent("awaited", outcome(children.get(text)));
            case SEND -> DBOS.send(text, "from a robot");
            case RETURN, THROW -> throw new IllegalArgumentException("it has ended: " + order);
        }
    }

    static String outcome(WorkflowHandle<String> handle) {
        try {
            return handle.getResult();
        } catch (DBOSException failure) {
            return failure.getClass().getSimpleName();
        }
    }

    /** Another workflow of another name. */
    @Workflow
    String other(String name) {
        return name;
    }
}
