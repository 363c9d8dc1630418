package dev.dbosj.lab;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSClient;
import dev.dbosj.exceptions.DuplicateWorkflowException;
import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.BatchOptions;
import dev.dbosj.workflow.Debounce;
import dev.dbosj.workflow.Deduplication;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Workflows for each kind of flow control: for each one a queue, most with the same small work on it. The ledger shows
 * what was done, and the id of each workflow begins with what it belongs to.
 */
final class FlowWork {
    static final String UPLOADS = "uploads";
    static final int ROOM = 6;
    static final int UPLOADS_OF_ONE = 1;
    static final String MAILS = "mails";
    static final int ADDRESSES = 3;
    static final String PAGES = "pages";
    static final Duration CALM = Duration.ofMillis(250);
    static final Duration AT_LAST = Duration.ofMillis(700);
    static final String LATER = "later";
    static final String TENANTS = "tenants";
    static final Duration AGING = Duration.ofMillis(300);
    static final String DOORS = "doors";
    static final String TRIES = "tries";
    static final int ATTEMPTS = 3;
    static final String RENDERS = "renders";
    static final int RENDER_ATTEMPTS = 20;
    static final String ROWS = "rows";
    static final String CALLERS = "callers";

    /** How often a step fails that never goes well, that does when cured, or that is not worth another attempt. */
    static final int ALWAYS = 1_000;
    static final int UNTIL_CURED = 2_000;
    static final int NOT_WORTH_IT = 3_000;
    static final String CURABLE = "try-curable-";

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration ATTEMPT = Duration.ofMillis(600);
    private static final Duration FOR_EVER = Duration.ofHours(1);
    private static final int LONGEST_STEP = 50;
    private static final BatchOptions TOGETHER = BatchOptions.upTo(4).within(Duration.ofMillis(100));

    private final Ledger ledger;

    FlowWork(Ledger ledger) {
        this.ledger = ledger;
    }

    static List<WorkflowQueue> queues() {
        var soon = RetryPolicy.attempts(ATTEMPTS).interval(Duration.ofMillis(40));
        return List.of(
                WorkflowQueue.named(UPLOADS).maxDepth(ROOM, PATIENCE).workerConcurrency(UPLOADS_OF_ONE),
                WorkflowQueue.named(MAILS).workerConcurrency(2),
                WorkflowQueue.named(PAGES),
                WorkflowQueue.named(LATER),
                WorkflowQueue.named(TENANTS).partitionConcurrency(1).priorityAging(AGING),
                WorkflowQueue.named(DOORS).workerConcurrency(1),
                WorkflowQueue.named(TRIES).retries(soon.abortOn(IllegalArgumentException.class)),
                WorkflowQueue.named(RENDERS).attemptTimeout(ATTEMPT)
                        .retries(RetryPolicy.attempts(RENDER_ATTEMPTS).interval(Duration.ofMillis(20)).backoffRate(1)),
                WorkflowQueue.named(ROWS),
                WorkflowQueue.named(CALLERS));
    }

    static WorkflowOptions mail(String id, int address, Deduplication.Policy policy) {
        return WorkflowOptions.id("mail-" + address + "-" + id).deduplicationId("address-" + address, policy);
    }

    static WorkflowOptions page(String page) {
        return WorkflowOptions.defaults().debounce(page, CALM, AT_LAST);
    }

    /** Two steps, which take no notice of anything. The ledger shows the number. */
    @Workflow
    String work(int number) throws InterruptedException {
        step("work", number);
        step("check", number);
        return DBOS.workflowId();
    }

    /** Fills the queue that has a bound, and waits for what it has put there. */
    @Workflow
    String produce(int number) throws InterruptedException {
        var uploads = new ArrayList<WorkflowHandle<String>>();
        for (int i = 0; i < 4; i++) {
            var id = "upload-of-%d-%d".formatted(number, i);
            uploads.add(DBOS.with(WorkflowOptions.id(id)).enqueueWorkflow(UPLOADS, this::work, i));
        }
        step("gather", uploads.stream().map(WorkflowHandle::getResult).toList());
        return DBOS.workflowId();
    }

    /** Writes to an address twice: joins who writes to it already, then is refused or not, and remembers that. */
    @Workflow
    String campaign(int number) throws InterruptedException {
        int address = number % ADDRESSES;
        var first = DBOS.with(mail("a" + number, address, Deduplication.Policy.RETURN_EXISTING))
                .enqueueWorkflow(MAILS, this::work, number);
        step("written", first.workflowId());
        step("second", second(number, address));
        step("done", first.getResult());
        return DBOS.workflowId();
    }

    private String second(int number, int address) {
        try {
            var second = DBOS.with(mail("b" + number, address, Deduplication.Policy.REJECT));
            return second.enqueueWorkflow(MAILS, this::work, number).workflowId();
        } catch (DuplicateWorkflowException duplicate) {
            return "after " + duplicate.workflowId();
        }
    }

    /** Changes a page of its own, quickly. When it has called is known to its ledger only roughly. */
    @Workflow
    String edit(int number) throws InterruptedException {
        for (int call = 0; call < 3; call++) {
            var id = DBOS.with(page("edit-" + number)).enqueueWorkflow(PAGES, this::work, call).workflowId();
            due(ledger, 0, id, call);
            step("edited", id + " " + call);
        }
        return DBOS.workflowId();
    }

    /** One of its steps fails, so often or until it is cured; what is not worth it at once for good. */
    @Workflow
    String attempt(int failures) throws InterruptedException {
        step("prepare", failures);
        DBOS.runStep("break", () -> {
            note(Entry.Kind.BEGIN, "break", "");
            pause(LONGEST_STEP);
            if (!goesWell(failures)) {
                note(Entry.Kind.FAIL, "break", "");
                if (failures == NOT_WORTH_IT) throw new IllegalArgumentException("broken");
                throw new IllegalStateException("broken");
            }
            note(Entry.Kind.END, "break", "");
        });
        step("finish", failures);
        return DBOS.workflowId();
    }

    private boolean goesWell(int failures) {
        return known(Entry.Kind.CURED) > 0 || known(Entry.Kind.FAIL) >= failures;
    }

    /** What the whole ledger knows of this workflow. */
    private long known(Entry.Kind kind) {
        var id = DBOS.workflowId();
        return ledger.read().stream().filter(entry -> entry.kind() == kind && entry.workflowId().equals(id)).count();
    }

    /** Hangs, until an attempt of it was interrupted. */
    @Workflow
    String render(int number) throws InterruptedException {
        step("load", number);
        DBOS.runStep("render", () -> {
            note(Entry.Kind.BEGIN, "render", "");
            try {
                Thread.sleep(known(Entry.Kind.INTERRUPTED) > 0 ? Duration.ZERO : FOR_EVER);
            } catch (InterruptedException interrupt) {
                note(Entry.Kind.INTERRUPTED, "render", "");
                throw interrupt;
            }
            note(Entry.Kind.END, "render", "");
        });
        step("save", number);
        return DBOS.workflowId();
    }

    /** A step together with others, and one without. */
    @Workflow
    String row(int number) throws InterruptedException {
        DBOS.runStep(TOGETHER, this::insert, number);
        step("check", number);
        return DBOS.workflowId();
    }

    /** The ledger shows how many there were of it. */
    void insert(List<BatchItem<Integer, Void>> rows) throws InterruptedException {
        for (var row : rows) note(Entry.Kind.BEGIN, row, row.value());
        for (var row : rows) {
            pause(LONGEST_STEP / 5);
            note(Entry.Kind.END, row, rows.size());
            row.complete(null);
        }
    }

    private void note(Entry.Kind kind, BatchItem<Integer, Void> row, int detail) {
        note(kind, row.stepKey(), row.workflowId(), "insert", row.attempt(), detail);
    }

    /** Cures and redrives what can be cured. Whoever dies in the midst of it leaves the rest to others. */
    void redrive(DBOSClient client) {
        var dead = WorkflowFilter.all().states(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED).idPrefix(CURABLE);
        for (var letter : client.listWorkflows(dead)) {
            ledger.write(Entry.Kind.CURED, letter.workflowId(), 0, "", 0, "");
            client.redriveWorkflow(letter.workflowId());
        }
    }

    /** Writes that a call, sent at that time, has put a workflow off. */
    static void due(Ledger ledger, long at, String workflowId, int call) {
        ledger.write(new Entry(at, Entry.Kind.DUE, 0, 0, workflowId, 0, "", call, ""));
    }

    private void step(String name, Object given) throws InterruptedException {
        DBOS.runStep(name, () -> {
            note(Entry.Kind.BEGIN, name, given);
            try {
                pause(LONGEST_STEP);
            } catch (InterruptedException interrupt) {
                note(Entry.Kind.INTERRUPTED, name, "");
                throw interrupt;
            }
            note(Entry.Kind.END, name, "");
        });
    }

    private static void pause(int most) throws InterruptedException {
        Thread.sleep(RandomGenerator.getDefault().nextInt(most));
    }

    private void note(Entry.Kind kind, String name, Object detail) {
        note(kind, DBOS.stepKey(), DBOS.workflowId(), name, DBOS.attempt(), detail);
    }

    private void note(Entry.Kind kind, String key, String workflowId, String name, int attempt, Object detail) {
        int step = Integer.parseInt(key.substring(key.lastIndexOf(':') + 1));
        ledger.write(kind, workflowId, step, name, attempt, String.valueOf(detail));
    }
}
