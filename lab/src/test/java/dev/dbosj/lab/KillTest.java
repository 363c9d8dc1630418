package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.time.Signals;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process after the other is killed with SIGKILL; what they leave is what an undisturbed run leaves. */
@Timeout(1800)
class KillTest {
    private static final int ORDERS_AT_A_TIME = 4;
    private static final Duration LONGEST_START = Duration.ofSeconds(30);
    private static final Duration LONGEST_WORK = Duration.ofSeconds(120);

    @TempDir
    Path elsewhere;

    /** How one life ends. */
    @FunctionalInterface
    private interface Death {
        /** Starts a worker, gives it work, and sees it die. */
        WorkerProcess of(Lab lab, String work) throws InterruptedException;
    }

    @Test
    void atRandomMoments() throws Exception {
        var random = new Random(Lab.SEED);
        kill("KillTest#atRandomMoments", Lab.KILLS * 2 / 3, (lab, work) -> {
            var worker = lab.start(lab.job());
            worker.tell(work);
            boolean whileLaunching = random.nextInt(8) == 0;
            int millis = random.nextInt(400);
            if (!whileLaunching) worker.await("READY", LONGEST_START);
            Thread.sleep(millis);
            worker.kill();
            return worker;
        });
    }

    @Test
    void atNamedPoints() throws Exception {
        var random = new Random(Lab.SEED);
        var points = Signals.Point.values();
        kill("KillTest#atNamedPoints", Lab.KILLS / 3, (lab, work) -> {
            var job = lab.job();
            var point = points[job.life() % points.length];
            var worker = lab.start(job.dyingAt(point, 1 + random.nextInt(point == Signals.Point.LEASE_TAKEN ? 6 : 60)));
            worker.tell(work);
            assertThat(worker.awaitExit(LONGEST_WORK)).as("killed by itself at %s", point).isEqualTo(WorkerProcess.KILLED);
            return worker;
        });
    }

    private void kill(String name, int kills, Death death) throws Exception {
        try (var lab = new Lab(name)) {
            var auditor = new Auditor(Orders.QUEUE, Orders.CONCURRENCY);
            for (int kill = 0; kill < kills; kill++) {
                var worker = death.of(lab, work(firstUnfinished(lab), Integer.MAX_VALUE));
                lab.ledger().fault(worker.pid(), "SIGKILL");
                var tables = lab.copiedTables();
                if (tables.exists()) auditor.look(tables, lab.ledger());
            }
            int orders = orders(lab.copiedTables());
            var last = lab.start(lab.job());
            last.tell(work(0, orders));
            last.await("DONE", LONGEST_WORK);
            awaitIdle(lab.tables());
            last.signal("TERM");
            last.awaitExit(LONGEST_START);

            var tables = lab.copiedTables();
            var found = auditor.audit(tables, lab.ledger());
            var figures = "KILL sqlite %s: %d kills, %d orders, %d steps, lost %d, completed steps repeated %d, steps begun again %d (each at most once a fault), seed %d"
                    .formatted(name, kills, orders, found.steps(), found.lost().size(), found.repeated().size(), found.begunAgain(), Lab.SEED);
            assertThat(found.all()).as(figures).isEmpty();
            assertThat(found.mostAtOnce()).as("steps of the queue at once").isBetween(2, Orders.CONCURRENCY);
            assertThat(tables.outcomes()).isEqualTo(undisturbed(orders));
            lab.passed(figures);
        }
    }

    private static String work(int from, int to) {
        return "orders %d %d %d".formatted(from, to, ORDERS_AT_A_TIME);
    }

    private static int firstUnfinished(Lab lab) {
        var finished = lab.copiedTables();
        if (!finished.exists()) return 0;
        var ids = finished.list("select workflow_id from workflow_status where status = 'SUCCESS' and name = 'fulfil'", row -> row.getString(1));
        return IntStream.iterate(0, order -> order + 1).filter(order -> !ids.contains(Orders.id(order))).findFirst().orElseThrow();
    }

    private static int orders(Tables tables) {
        return (int) tables.number("select count(*) from workflow_status where name = 'fulfil'");
    }

    /** Extra labels are nobody's children; nobody waits for them but we. */
    private static void awaitIdle(Tables tables) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST_WORK.toNanos();
        while (tables.number("select count(*) from workflow_status where completed_at is null") > 0) {
            assertThat(System.nanoTime()).as("time at which all workflows have ended").isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** The same orders, fulfilled in peace. */
    private List<String> undisturbed(int count) {
        var database = elsewhere.resolve("undisturbed.db");
        try (var ledger = Ledger.append(elsewhere.resolve("undisturbed.txt"), 1);
                var dbos = DBOSRuntime.create(DBOSConfig.named("lab").databaseUrl("sqlite:" + database).shutdownHook(false))) {
            var orders = new Orders(ledger, false);
            dbos.register(orders);
            dbos.registerQueue(WorkflowQueue.named(Orders.ORDERS));
            dbos.registerQueue(Orders.queue());
            dbos.launch();
            var handles = IntStream.range(0, count)
                    .mapToObj(order -> {
                        var starter = dbos.with(WorkflowOptions.id(Orders.id(order)));
                        return order % 2 == 0 ? starter.startWorkflow(orders::fulfil, order) : starter.enqueueWorkflow(Orders.ORDERS, orders::fulfil, order);
                    })
                    .toList();
            handles.forEach(handle -> handle.getResult());
            awaitIdle(new Tables(database));
        } catch (InterruptedException interrupt) {
            throw new IllegalStateException(interrupt);
        }
        return new Tables(database).outcomes();
    }
}
