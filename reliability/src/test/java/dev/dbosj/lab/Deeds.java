package dev.dbosj.lab;

import dev.dbosj.DBOS;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;

/** Workflows that each come to one deed, and can be held right before it. */
final class Deeds {
    static final String QUEUE = "deeds";

    private final Ledger ledger;
    private final Holds holds;

    Deeds(Ledger ledger, Holds holds) {
        this.ledger = ledger;
        this.holds = holds;
    }

    static WorkflowQueue queue() {
        return WorkflowQueue.named(QUEUE).workerConcurrency(10);
    }

    /** Ends a step. */
    @Workflow
    String step(String id) throws InterruptedException {
        first();
        DBOS.runStep("held", () -> {
            note(Entry.Kind.BEGIN, "held");
            holds.pass(id);
            note(Entry.Kind.END, "held");
        });
        DBOS.runStep("last", () -> note(Entry.Kind.END, "last"));
        return "done";
    }

    /** The same, but its step ignores interrupts. */
    @Workflow
    String deaf(String id) {
        first();
        DBOS.runStep("held", () -> {
            note(Entry.Kind.BEGIN, "held");
            holds.passDeaf(id);
            note(Entry.Kind.END, "held");
        });
        return "done";
    }

    /** Gives the workflow back, because the virtual machine is exhausted (which only pretends). */
    @Workflow
    String release(String id) throws InterruptedException {
        first();
        DBOS.runStep("held", () -> {
            if (holds.pass(id)) throw new OutOfMemoryError("of a test");
        });
        return "done";
    }

    /** Sleeps until it is woken by the end of its executor, and tells the ledger. */
    @Workflow
    void sleeper(String id) {
        try {
            DBOS.sleep(Duration.ofSeconds(5));
        } finally {
            ledger.write(Entry.Kind.LEFT, id, 0, "", 0, "");
        }
    }

    /** Starts a child. */
    @Workflow
    String child(String id) throws InterruptedException {
        first();
        holds.pass(id);
        return DBOS.startWorkflow(this::small).getResult();
    }

    /** Enqueues a child. */
    @Workflow
    String enqueue(String id) throws InterruptedException {
        first();
        holds.pass(id);
        return DBOS.enqueueWorkflow(QUEUE, this::small).getResult();
    }

    /** Enqueues a child under an id that others may choose too. */
    @Workflow
    String named(String id) throws InterruptedException {
        first();
        holds.pass(id);
        return DBOS.with(WorkflowOptions.id(id + "-child")).enqueueWorkflow(QUEUE, this::small).getResult();
    }

    /** Sets an event. */
    @Workflow
    String event(String id) throws InterruptedException {
        first();
        boolean held = holds.pass(id);
        DBOS.setEvent("place", held ? "zombie" : "heir");
        return "done";
    }

    /** Begins to sleep. */
    @Workflow
    String sleep(String id) throws InterruptedException {
        first();
        holds.pass(id);
        DBOS.sleep(Duration.ofMillis(10));
        return "done";
    }

    /** Returns. */
    @Workflow
    String finish(String id) throws InterruptedException {
        first();
        holds.pass(id);
        return "done";
    }

    @Workflow
    String small() {
        first();
        return "small";
    }

    private void first() {
        DBOS.runStep("first", () -> {
            note(Entry.Kind.BEGIN, "first");
            note(Entry.Kind.END, "first");
        });
    }

    private void note(Entry.Kind kind, String name) {
        var key = DBOS.stepKey();
        int step = Integer.parseInt(key.substring(key.lastIndexOf(':') + 1));
        ledger.write(kind, DBOS.workflowId(), step, name, DBOS.attempt(), "");
    }
}
