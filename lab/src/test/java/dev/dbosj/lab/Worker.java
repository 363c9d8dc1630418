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
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * The process that is killed. It says READY when it has launched, then does what it is told line by line. It never
 * outlives the test: it ends when its standard input does, and after a time in any case.
 */
final class Worker {
    private static final Duration LONGEST_LIFE = Duration.ofMinutes(5);
    private static final int BEREAVED = 3;

    private final Job job;
    private final Ledger ledger;
    private final Orders orders;
    private final DBOSRuntime dbos;

    private Worker(Job job) {
        this.job = job;
        ledger = Ledger.append(job.ledger(), job.life());
        orders = new Orders(ledger, true);
        var config = DBOSConfig.named("lab").databaseUrl("sqlite:" + job.database()).lease(job.lease())
                .pollInterval(Duration.ofMillis(100)).shutdownGrace(Duration.ofSeconds(1));
        dbos = LabRuntime.create(config, Seams.system().signals(job.signals()), database -> database);
        dbos.register(orders);
        dbos.registerQueue(WorkflowQueue.named(Orders.ORDERS));
        dbos.registerQueue(Orders.queue());
    }

    public static void main(String[] arguments) throws Exception {
        Thread.ofPlatform().daemon().start(() -> haltAfter(LONGEST_LIFE));
        var worker = new Worker(Job.of(arguments));
        worker.dbos.launch();
        System.out.println("READY");
        var commands = new BufferedReader(new InputStreamReader(System.in));
        for (var line = commands.readLine(); line != null; line = commands.readLine()) worker.obey(line.split(" "));
        Runtime.getRuntime().halt(BEREAVED);
    }

    private static void haltAfter(Duration life) {
        try {
            Thread.sleep(life);
        } catch (InterruptedException interrupt) {
            throw new IllegalStateException(interrupt);
        }
        Runtime.getRuntime().halt(BEREAVED);
    }

    private void obey(String[] command) {
        switch (command[0]) {
            case "orders" -> Thread.ofPlatform().daemon().start(
                    () -> takeOrders(Integer.parseInt(command[1]), Integer.parseInt(command[2]), Integer.parseInt(command[3])));
            default -> throw new IllegalArgumentException(String.join(" ", command));
        }
    }

    /** Accepts orders one after the other, so many at a time, and says DONE when the last has ended. */
    private void takeOrders(int from, int to, int atATime) {
        var open = new ArrayDeque<WorkflowHandle<String>>();
        for (int order = from; order < to; order++) {
            if (open.size() == atATime) awaitEnd(open.poll());
            var starter = dbos.with(WorkflowOptions.id(Orders.id(order)));
            open.add(order % 2 == 0 ? starter.startWorkflow(orders::fulfil, order) : starter.enqueueWorkflow(Orders.ORDERS, orders::fulfil, order));
            ledger.write(Entry.Kind.ACCEPTED, Orders.id(order), 0, "", 0, "");
        }
        open.forEach(Worker::awaitEnd);
        System.out.println("DONE");
    }

    private static void awaitEnd(WorkflowHandle<?> handle) {
        try {
            handle.getResult();
        } catch (WorkflowFailedException failure) {
            System.err.println(handle.workflowId() + " failed: " + failure);
        }
    }
}
