package dev.dbosj.lab;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two processes with short leases, of which now one and now the other is stopped at a random moment, wherever that may
 * be, past its lease, and goes on later. Inside of a commit that makes everybody wait; nowhere does it make anything
 * wrong.
 */
@EachStore
@Timeout(1800)
class StopTest {
    private static final int AT_A_TIME = 3;
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(2000);

    private final Store store;

    StopTest(Store store) {
        this.store = store;
    }

    @Test
    void atRandomMoments() throws Exception {
        var random = new Random(Lab.SEED);
        try (var lab = new Lab("StopTest#atRandomMoments", store)) {
            var audit = new OrdersAudit(lab);
            var workers = new WorkerProcess[] {startWorking(lab), startWorking(lab)};
            for (int stop = 0; stop < Lab.STOPS; stop++) {
                var stopped = workers[stop % 2];
                Thread.sleep(300 + random.nextInt(500));
                stopped.signal("STOP");
                lab.ledger().stopped(stopped.pid());
                Thread.sleep(PAUSE);
                stopped.signal("CONT");
                audit.look(lab.tables());
            }
            for (var worker : workers) worker.tell("enough");
            for (var worker : workers) worker.await("DONE", Lab.LONG);
            lab.awaitIdle();
            Lab.end(workers);
            // A process that was stopped in the middle of a commit loses nothing: the other one could not take over.
            long takenOver = lab.tablesAtRest().number("select count(*) from workflow_status where owner_epoch > 1");
            audit.judge("STOP %s: %d stops".formatted(store, Lab.STOPS), ", workflows taken over " + takenOver);
        }
    }

    private static WorkerProcess startWorking(Lab lab) throws InterruptedException {
        var worker = lab.start(lab.job().lease(LEASE));
        worker.tell(Orders.command(0, Integer.MAX_VALUE, AT_A_TIME));
        worker.await("READY", Lab.SOON);
        return worker;
    }
}
