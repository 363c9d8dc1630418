package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.time.Signals;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One process after the other is killed with SIGKILL; what they leave is what an undisturbed run leaves. */
@Tag("T3")
@EachStore
@Timeout(3600)
class KillTest {
    /** Each life takes new orders; what its predecessors have left goes on besides, unless it has to pause. */
    private static final int AT_A_TIME = 2;

    /** Of so many lives one is long enough to take over, where that takes long: the more lives, the more deaths. */
    private static final int LIVES_PER_TAKEOVER = Course.isLong() ? 8 : 3;

    /** How one life ends. */
    @FunctionalInterface
    private interface Death {
        /** Starts a worker, gives it work, sees it die, and says which process it was. */
        long of(Lab lab, String work) throws InterruptedException;
    }

    private final Store store;

    KillTest(Store store) {
        this.store = store;
    }

    @Test
    void atRandomMoments() throws Exception {
        var random = new Random(Lab.SEED);
        kill("atRandomMoments", new Course(randomKills(), 0.3), (lab, work) -> {
            boolean whileLaunching = random.nextInt(8) == 0;
            int millis = random.nextInt(400) + (random.nextInt(LIVES_PER_TAKEOVER) == 0 ? untilTakeover() : 0);
            var worker = lab.start(lab.job());
            worker.tell(work);
            if (!whileLaunching) worker.await("READY", Lab.SOON);
            Thread.sleep(millis);
            lab.kill(worker);
            return worker.pid();
        });
    }

    @Test
    void atNamedPoints() throws Exception {
        var random = new Random(Lab.SEED);
        var points = Signals.Point.values();
        kill("atNamedPoints", new Course(5, 0.12), (lab, work) -> {
            var job = lab.job();
            var point = points[job.life() % points.length];
            int occurrence = 1 + random.nextInt(point == Signals.Point.LEASE_TAKEN ? 6 : 60);
            var worker = lab.start(job.dyingAt(point, occurrence));
            worker.tell(work);
            assertThat(worker.awaitExit(Lab.LONG)).as("exit code of %s %d", point, occurrence)
                    .isEqualTo(WorkerProcess.KILLED);
            lab.ledger().fault(worker.pid(), "SIGKILL at " + point);
            return worker.pid();
        });
    }

    /** Where lives have to be long there are few of them. */
    private int randomKills() {
        return store == Store.SQLITE ? 10 : 3;
    }

    /** Where nobody tells of a death, most lives are too short to take over what the one before has left. */
    private int untilTakeover() {
        return store == Store.SQLITE ? 0 : (int) store.lease().toMillis() + 500;
    }

    private void kill(String experiment, Course course, Death death) throws Exception {
        try (var lab = new Lab("KillTest#" + experiment, store)) {
            var audit = new OrdersAudit(lab);
            boolean interrupted = false;
            while (course.goesOn(interrupted)) {
                int from = OrdersAudit.orders(lab.tablesAtRest());
                interrupted |= lab.ledger().diedInBody(death.of(
                        lab, Orders.command(from, Integer.MAX_VALUE, AT_A_TIME)));
                audit.look(lab.tablesAtRest());
            }
            var last = lab.start(lab.job());
            last.tell(Orders.command(0, OrdersAudit.orders(lab.tablesAtRest()), AT_A_TIME));
            last.await("DONE", Lab.LONG);
            lab.awaitIdle();
            Lab.end(last);
            var found = audit.judge("KILL %s %s: %d kills".formatted(store, experiment, course.rounds()), "");
            assertThat(found.begunAgain()).as("steps that a kill has interrupted").isPositive();
        }
    }
}
