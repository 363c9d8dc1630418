package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOSClient;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Several processes work on a queue with a rate limit, and one of them is always being killed. In no second, wherever it
 * begins, are more started than the limit allows; and the limit is made use of.
 */
@EnabledIf("dev.dbosj.Thorough#isWanted")
@Tag("T3")
@EachStore
@Timeout(3600)
class RateLimitTest {
    private static final int SECONDS = Course.seconds(5, 0.05);
    private static final int WORKFLOWS = SECONDS * Turns.RATE.starts();

    /** Whatever else the machine does, so many are started in some window. */
    private static final int LEAST_USE = Turns.RATE.starts() / 2;

    /** What is taken over from the dead goes on at once, and is no start; when those were started first is not known. */
    private static final String STARTS =
            "select started_at from workflow_status where owner_epoch = 1 order by started_at";

    private static final String WAITING = "select count(*) from workflow_status where status = 'ENQUEUED'";

    private final Store store;

    RateLimitTest(Store store) {
        this.store = store;
    }

    @Test
    void inNoSecondAreMoreStartedThanTheQueueAllows() throws Exception {
        try (var lab = new Lab("RateLimitTest", store); var client = lab.client()) {
            var fleet = new DyingFleet(lab);
            enqueue(lab, client);
            while (lab.tables().number(WAITING) > 0) {
                fleet.disturb();
                Thread.sleep(20);
            }
            fleet.end();
            judge(lab, fleet);
        }
    }

    private static void enqueue(Lab lab, DBOSClient client) {
        for (var handle : client.enqueueAll(Turns.RATED, Turns.NAME, IntStream.range(0, WORKFLOWS).boxed().toList()))
            lab.ledger().write(Entry.Kind.ACCEPTED, handle.workflowId(), 0, "", 0, "");
    }

    private void judge(Lab lab, DyingFleet fleet) {
        var found = new Auditor(Turns.RATED, Integer.MAX_VALUE).audit(lab.tablesAtRest(), lab.ledger());
        var started = lab.tablesAtRest().list(STARTS, row -> row.getLong(1));
        int most = mostWithinAPeriod(started);
        double seconds = (started.getLast() - started.getFirst()) / 1000.0;
        var figures = ("RATE %s: limit %d in %d ms, over %d processes, %d kills in %.1f s, %d workflows,"
                + " most in a window %d, seed %d").formatted(
                        store, Turns.RATE.starts(), Turns.RATE.period().toMillis(), DyingFleet.WORKERS, fleet.kills(),
                        seconds, WORKFLOWS, most, Lab.SEED);
        assertThat(found.all()).as(figures).isEmpty();
        assertThat(found.steps()).isEqualTo(WORKFLOWS);
        assertThat(most).as(figures).isBetween(LEAST_USE, Turns.RATE.starts());
        lab.passed(figures);
    }

    /** The most that were started within any time as long as the period. */
    private static int mostWithinAPeriod(List<Long> started) {
        int most = 0;
        int first = 0;
        for (int last = 0; last < started.size(); last++) {
            while (started.get(last) - started.get(first) >= Turns.RATE.period().toMillis()) first++;
            most = Math.max(most, last - first + 1);
        }
        return most;
    }
}
