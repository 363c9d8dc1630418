package dev.dbosj.lab;

import dev.dbosj.DBOSClient;
import dev.dbosj.exceptions.DuplicateWorkflowException;
import dev.dbosj.workflow.Deduplication;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Somebody outside who puts {@link FlowWork} on its queues, of every kind, and pauses one of them now and then. */
final class FlowLoad implements AutoCloseable {
    private static final int PRODUCERS = 2;
    private static final int MOST_AT_ONCE = 150;

    /** Of attempts there are most kinds, and one comes with each round. */
    private static final int KINDS = 6;

    private static final int LONGEST_DELAY = 800;
    private static final Duration PAUSE = Duration.ofMillis(400);

    private static final String ACTIVE = "select count(*) from workflow_status where completed_at is null";

    private final Lab lab;
    private final DBOSClient client;
    private final FlowWatch watch;
    private final Random random = new Random(Lab.SEED);
    private final List<Thread> producers = new ArrayList<>();
    private final Map<String, Integer> calls = new HashMap<>();
    private volatile boolean enough;
    private volatile Throwable failure;
    private long nextSwitch = System.nanoTime() + PAUSE.toNanos();
    private int rounds;
    private int numbers;
    private int pauses;
    private int duplicates;

    FlowLoad(Lab lab, DBOSClient client, FlowWatch watch) {
        this.lab = lab;
        this.client = client;
        this.watch = watch;
        for (int i = 0; i < PRODUCERS; i++) {
            int producer = i;
            producers.add(Thread.ofPlatform().daemon().name("producer").uncaughtExceptionHandler((t, e) -> failure = e)
                    .start(() -> upload(producer)));
        }
    }

    /** As fast as there is room. */
    private void upload(int producer) {
        for (int number = 0; !enough; number++)
            enqueue(WorkflowOptions.id("upload-%d-%d".formatted(producer, number)), FlowWork.UPLOADS, "work", number);
    }

    private String enqueue(WorkflowOptions options, String queue, String workflow, int argument) {
        return enqueue(options, queue, workflow, argument, "");
    }

    /** Says in the ledger that it was accepted, and how it is to end. @return its id */
    private String enqueue(WorkflowOptions options, String queue, String workflow, int argument, String end) {
        var id = client.enqueue(options, queue, workflow, argument).workflowId();
        lab.ledger().write(Entry.Kind.ACCEPTED, id, 0, "", 0, end);
        return id;
    }

    /** Adds some work of each kind, unless there is enough. */
    void feed() throws InterruptedException {
        if (lab.tables().number(ACTIVE) < MOST_AT_ONCE) {
            int number = numbers++;
            int round = rounds++;
            callers(round, number);
            mails(number);
            for (int i = 0; i < 2; i++) page("page-" + number % 2);
            later(number);
            for (int i = 0; i < 4; i++) tenant(round / 4 % 3, numbers++);
            for (int i = 0; i < 3; i++) enqueue(WorkflowOptions.id("row-" + numbers++), FlowWork.ROWS, "row", i);
            enqueue(WorkflowOptions.id("door-" + number), FlowWork.DOORS, "work", number);
            attempts(round, number);
            if (round % 2 == 0) enqueue(WorkflowOptions.id("render-" + number), FlowWork.RENDERS, "render", number);
        }
        if (System.nanoTime() - nextSwitch > 0) switchDoors();
        Thread.sleep(20);
    }

    private void callers(int round, int number) {
        var caller = List.of("produce", "campaign", "edit").get(round % 3);
        enqueue(WorkflowOptions.id(caller + "-" + number), FlowWork.CALLERS, caller, number);
    }

    /** Quickly one after the other, so that there is somebody active under the key. */
    private void mails(int number) {
        int address = random.nextInt(FlowWork.ADDRESSES);
        for (var policy : Deduplication.Policy.values()) mail(numbers++, address, policy);
        mail(number, address, Deduplication.Policy.REJECT);
    }

    private void mail(int number, int address, Deduplication.Policy policy) {
        var options = FlowWork.mail(Integer.toString(number), address, policy);
        try {
            if (!enqueue(options, FlowWork.MAILS, "work", number).equals(options.id())) duplicates++;
        } catch (DuplicateWorkflowException duplicate) {
            duplicates++;
        }
    }

    private void page(String page) {
        int call = calls.merge(page, 1, Integer::sum);
        long sent = System.nanoTime();
        var id = enqueue(FlowWork.page(page), FlowWork.PAGES, "work", call);
        FlowWork.due(lab.ledger(), sent + FlowWork.CALM.toNanos(), id, call);
    }

    private void later(int number) {
        var delay = Duration.ofMillis(random.nextInt(LONGEST_DELAY));
        var options = WorkflowOptions.id("later-" + number);
        long due = System.nanoTime() + delay.toNanos();
        options = random.nextBoolean() ? options.delay(delay) : options.startAt(Instant.now().plus(delay));
        FlowWork.due(lab.ledger(), due, enqueue(options, FlowWork.LATER, "work", number), 0);
    }

    /** So many that they wait for each other. */
    private void tenant(int tenant, int number) {
        var options = WorkflowOptions.id("tenant-%d-%d".formatted(tenant, number)).partitionKey("tenant-" + tenant);
        enqueue(options.priority(random.nextInt(3)), FlowWork.TENANTS, "work", number);
    }

    private void attempts(int round, int number) {
        var dead = WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED.name();
        switch (round % KINDS) {
            case 0 -> attempt("try-hopeless-" + number, FlowWork.ALWAYS, dead);
            case 1 -> attempt("try-not-worth-it-" + number, FlowWork.NOT_WORTH_IT, dead);
            case 2, 3 -> attempt(FlowWork.CURABLE + number, FlowWork.UNTIL_CURED, "");
            default -> attempt("try-" + number, random.nextInt(FlowWork.ATTEMPTS), "");
        }
    }

    private void attempt(String id, int failures, String end) {
        enqueue(WorkflowOptions.id(id), FlowWork.TRIES, "attempt", failures, end);
    }

    private void switchDoors() {
        if (watch.isShut()) open();
        else {
            client.pauseQueue(FlowWork.DOORS);
            watch.shut();
            pauses++;
        }
        nextSwitch = System.nanoTime() + PAUSE.toNanos();
    }

    private void open() {
        watch.open();
        client.resumeQueue(FlowWork.DOORS);
    }

    /** Adds nothing more, and waits until all has ended, also what has to be redriven. */
    void end() throws InterruptedException {
        enough = true;
        if (watch.isShut()) open();
        for (var producer : producers) producer.join();
        lab.awaitIdle();
        new FlowWork(lab.ledger()).redrive(client);
        lab.awaitIdle();
        if (failure != null) throw new IllegalStateException("a producer could not go on", failure);
    }

    /** Each kind was there: it takes that many rounds. */
    boolean saysSomething() {
        return rounds >= KINDS && duplicates > 0 && pauses > 0;
    }

    int pauses() {
        return pauses;
    }

    /** How many calls were answered with what was active already. */
    int duplicates() {
        return duplicates;
    }

    /** What is enqueued at the moment is left. */
    @Override
    public void close() {
        enough = true;
    }
}
