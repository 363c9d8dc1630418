package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** Two processes work on one database, on the same orders. One is killed; the other goes on with what it had begun. */
@EnabledIf("dev.dbosj.Thorough#isWanted")
@Tag("T3")
@EachStore(oneInEveryBuild = true)
@Timeout(600)
class TwoProcessesTest {
    private static final int AT_A_TIME = 3;

    private final Store store;

    TwoProcessesTest(Store store) {
        this.store = store;
    }

    @Test
    void theOneThatIsLeftGoesOn() throws Exception {
        var random = new Random(Lab.SEED);
        try (var lab = new Lab("TwoProcessesTest#theOneThatIsLeftGoesOn", store)) {
            var audit = new OrdersAudit(lab);
            var survivor = startWorking(lab);
            long longest = 0;
            var course = new Course(2, 0.05);
            while (course.goesOn()) {
                var victim = survivor;
                survivor = startWorking(lab);
                Thread.sleep(200 + random.nextInt(300));
                audit.look(lab.tables());
                var left = killInAStep(lab, victim);
                long killed = System.nanoTime();
                for (var step : left) awaitBegin(lab, survivor, step);
                longest = Math.max(longest, System.nanoTime() - killed);
            }
            survivor.tell("enough");
            survivor.await("DONE", Lab.LONG);
            lab.awaitIdle();
            Lab.end(survivor);
            var pause = Duration.ofNanos(longest);
            var figures = ", longest pause %d ms".formatted(pause.toMillis());
            audit.judge("KILL %s oneOfTwo: %d kills".formatted(store, course.rounds()), figures);
            assertThat(pause).isLessThan(store.takeover());
        }
    }

    /** The heir dies too, at any moment from before it has noticed to after it has taken everything over. */
    @Test
    void whatWasBeingTakenOverIsTakenOverAgain() throws Exception {
        var random = new Random(Lab.SEED);
        try (var lab = new Lab("TwoProcessesTest#whatWasBeingTakenOverIsTakenOverAgain", store)) {
            var audit = new OrdersAudit(lab);
            var first = startWorking(lab);
            var second = startWorking(lab);
            var course = new Course(1, 0.03);
            while (course.goesOn()) {
                killInAStep(lab, first);
                Thread.sleep(random.nextInt(1200));
                lab.kill(second);
                audit.look(lab.tablesAtRest());
                first = startWorking(lab);
                second = startWorking(lab);
            }
            for (var worker : List.of(first, second)) worker.tell("enough");
            for (var worker : List.of(first, second)) worker.await("DONE", Lab.LONG);
            lab.awaitIdle();
            Lab.end(first, second);
            audit.judge("KILL %s bothOfTwo: %d kills".formatted(store, 2 * course.rounds()), "");
        }
    }

    private static WorkerProcess startWorking(Lab lab) throws InterruptedException {
        var worker = lab.start(lab.job());
        worker.tell(Orders.command(OrdersAudit.orders(lab.tables()), Integer.MAX_VALUE, AT_A_TIME));
        worker.await("READY", Lab.SOON);
        return worker;
    }

    /** @return the steps that it was in */
    private static Set<String> killInAStep(Lab lab, WorkerProcess victim) throws InterruptedException {
        lab.ledger().await("a step of the victim", Lab.SOON, entry -> !open(lab, victim).isEmpty());
        lab.kill(victim);
        return open(lab, victim);
    }

    private static Set<String> open(Lab lab, WorkerProcess worker) {
        var open = new HashSet<String>();
        for (var entry : lab.ledger().read()) {
            if (entry.pid() != worker.pid()) continue;
            if (entry.kind() == Entry.Kind.BEGIN) open.add(entry.key());
            if (entry.kind() == Entry.Kind.END || entry.kind() == Entry.Kind.FAIL) open.remove(entry.key());
        }
        return open;
    }

    private static void awaitBegin(Lab lab, WorkerProcess survivor, String step) throws InterruptedException {
        lab.ledger().await(step + " by the survivor", Lab.SOON,
                entry -> entry.kind() == Entry.Kind.BEGIN && entry.pid() == survivor.pid() && entry.key().equals(step));
    }
}
