package dev.dbosj.lab;

import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.LabRuntime;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.time.Seams;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.stream.Stream;

/**
 * The process that is killed. It says READY when it has launched, then does what it is told line by line. It never
 * outlives the test: it ends when its standard input does, and after a time in any case.
 */
final class Worker {
    private static final Duration LONGEST_LIFE = Duration.ofHours(1);
    private static final int BEREAVED = 3;

    /** How long running steps have to end when the worker is asked to end. */
    static final Duration GRACE = Duration.ofSeconds(1);

    private final Ledger ledger;
    private final Orders orders;
    private final Deeds deeds;
    private final Holds holds;
    private final FlowWork flow;
    private final Gate gate;
    private final CountedThreads threads;
    private final DBOSRuntime dbos;
    private volatile boolean enough;

    private Worker(Job job) {
        ledger = Ledger.append(job.ledger(), job.life());
        orders = new Orders(ledger, true);
        holds = new Holds(ledger);
        deeds = new Deeds(ledger, holds);
        var turns = new Turns(ledger);
        flow = new FlowWork(ledger);
        gate = new Gate(ledger, job.answersNoted());
        var system = Seams.system();
        threads = new CountedThreads(system.threads());
        var config = DBOSConfig.named("lab").databaseUrl(job.databaseUrl()).lease(job.lease())
                .pollInterval(Duration.ofMillis(100)).shutdownGrace(GRACE);
        dbos = LabRuntime.create(
                config,
                new Seams(system.time(), system.ids(), threads, job.signals(holds)),
                gate::before);
        dbos.register(orders).register(deeds).register(turns).register(flow);
        for (var queue : List.of(
                Orders.queue(), WorkflowQueue.named(Orders.ORDERS), Deeds.queue(), Turns.queue(), Turns.rated()))
            dbos.registerQueue(queue);
    }

    public static void main(String[] arguments) throws Exception {
        Thread.ofPlatform().daemon().start(() -> haltAfter(LONGEST_LIFE));
        var commands = new BufferedReader(new InputStreamReader(System.in));
        if (arguments.length > 0) warmUp();
        var job = commands.readLine();
        if (job == null) return;
        var worker = new Worker(Job.of(List.of(job.split("\t", -1))));
        worker.dbos.launch();
        System.out.println("READY");
        for (var line = commands.readLine(); line != null; line = commands.readLine()) worker.obey(line.split(" "));
        Runtime.getRuntime().halt(BEREAVED);
    }

    /** What a spare virtual machine can do before it has a job: load what it is going to need. */
    private static void warmUp() throws IOException {
        var ledger = Files.createTempFile("warm-up", ".txt");
        try {
            var job = new Job("memory:", ledger, 0, Duration.ofSeconds(30), "", false);
            var worker = new Worker(job);
            worker.dbos.launch();
            worker.takeOrders(0, 1, 1);
            worker.dbos.close();
        } finally {
            Files.delete(ledger);
        }
    }

    private static void haltAfter(Duration life) {
        try {
            Thread.sleep(life);
        } catch (InterruptedException interrupt) {
            throw new IllegalStateException(interrupt);
        }
        Runtime.getRuntime().halt(BEREAVED);
    }

    private void obey(String[] command) throws InterruptedException {
        switch (command[0]) {
            case "orders" -> {
                var numbers = Stream.of(command).skip(1).mapToInt(Integer::parseInt).toArray();
                Thread.ofPlatform().daemon().start(() -> {
                    takeOrders(numbers[0], numbers[1], numbers[2]);
                    System.out.println("DONE");
                });
            }
            case "enough" -> enough = true;
            case "hold" -> holds.arm(command[1]);
            case "release" -> holds.release(command[1]);
            case "gate" -> gate.set(Gate.Position.valueOf(command[1]));
            case "redrive" -> Thread.ofPlatform().daemon().start(() -> flow.redrive(dbos));
            case "do" -> begin(command[1], command[2]);
            case "threads" -> {
                System.out.println("THREADS " + threads.running());
                return;
            }
            case "vitals" -> {
                System.out.println(Vitals.now());
                return;
            }
            default -> throw new IllegalArgumentException(String.join(" ", command));
        }
        System.out.println(String.join(" ", command));
    }

    /** Half of the deeds run directly, the other half from a queue. */
    private void begin(String deed, String id) {
        var starter = dbos.with(WorkflowOptions.id(id));
        switch (deed) {
            case "step", "cancelled", "resumed" -> starter.enqueueWorkflow(Deeds.QUEUE, deeds::step, id);
            case "event" -> starter.enqueueWorkflow(Deeds.QUEUE, deeds::event, id);
            case "named" -> starter.startWorkflow(deeds::named, id);
            case "sleep" -> starter.startWorkflow(deeds::sleep, id);
            case "release" -> starter.enqueueWorkflow(Deeds.QUEUE, deeds::release, id);
            case "deaf" -> starter.startWorkflow(deeds::deaf, id);
            case "sleeper" -> starter.startWorkflow(deeds::sleeper, id);
            case "child" -> starter.startWorkflow(deeds::child, id);
            case "enqueue" -> starter.enqueueWorkflow(Deeds.QUEUE, deeds::enqueue, id);
            case "finish" -> starter.startWorkflow(deeds::finish, id);
            case "queued" -> starter.enqueueWorkflow(Deeds.QUEUE, deeds::finish, id);
            default -> throw new IllegalArgumentException(deed);
        }
    }

    /**
     * Accepts orders one after the other, so many at a time, until it is told that it is enough, and
     * waits until they have ended.
     */
    private void takeOrders(int from, int to, int atATime) {
        var open = new ArrayDeque<WorkflowHandle<String>>();
        for (int order = from; order < to; order++) {
            if (enough) break;
            if (open.size() == atATime) awaitEnd(open.poll());
            open.add(orders.start(dbos, order));
            ledger.write(Entry.Kind.ACCEPTED, Orders.id(order), 0, "", 0, "");
        }
        open.forEach(Worker::awaitEnd);
    }

    private static void awaitEnd(WorkflowHandle<?> handle) {
        try {
            handle.getResult();
        } catch (WorkflowFailedException failure) {
            System.err.println(handle.workflowId() + " failed: " + failure);
        }
    }
}
