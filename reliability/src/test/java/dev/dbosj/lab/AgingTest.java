package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * A process is never without work of a high priority; what has a low one starts all the same, when its queue has
 * promised it: as if it had been enqueued with the highest, so much later.
 */
@EnabledIf("dev.dbosj.Thorough#isWanted")
@Tag("T3")
@EachStore(oneInEveryBuild = true)
@Timeout(600)
class AgingTest {
    private static final String AGING_QUEUE = "aging";
    private static final int SLOTS = 2;
    private static final Duration AGING = Duration.ofMillis(300);
    private static final int PRIORITY = 2;
    private static final Duration PROMISE = AGING.multipliedBy(PRIORITY);
    private static final Duration SPACING = Duration.ofMillis(150);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int LOW = Course.isLong() ? 50 : 4;

    /** Enough for some tenths of a second, and quickly worked off. */
    private static final int WAITING = 20;

    /** Times are written in milliseconds. */
    private static final int EXACTNESS = 2;

    private final Store store;

    AgingTest(Store store) {
        this.store = store;
    }

    private record Start(long enqueued, long started) {
        long waited() {
            return started - enqueued;
        }
    }

    @Test
    void aLowPriorityStartsWithinItsPromisedTime() throws Exception {
        try (var lab = new Lab("AgingTest", store)) {
            int leastWaiting = work(lab, queue().priorityAging(AGING));
            var low = starts(lab, PRIORITY);
            var high = starts(lab, 0);
            long slowest = low.getLast().waited();
            long bound = bound(high);
            var figures = ("AGING %s: priority %d, aging %d ms, slots %d, low %d, high %d, least waiting %d,"
                    + " promise %d ms, quickest low start %d ms, slowest %d ms, bound %d ms (slowest high start %d ms),"
                    + " overtaken %d")
                    .formatted(
                            store, PRIORITY, AGING.toMillis(), SLOTS, low.size(), high.size(), leastWaiting,
                            PROMISE.toMillis(), low.getFirst().waited(), slowest, bound, high.getLast().waited(),
                            overtakings(low, high));
            assertThat(low).as(figures).hasSize(LOW);
            assertThat(overtakings(low, high)).as(figures).isZero();
            assertThat(slowest).as(figures).isLessThanOrEqualTo(bound);
            assertThat(leastWaiting).as(figures).isPositive();
            assertThat(low.getFirst().waited()).as(figures).isGreaterThanOrEqualTo(PROMISE.toMillis() - EXACTNESS);
            lab.passed(figures);
        }
    }

    @Test
    @Tag("canary")
    void withoutAnAgingItDoesNot() throws Exception {
        try (var lab = new Lab("AgingTest#withoutAnAging", store)) {
            work(lab, queue());
            var low = starts(lab, PRIORITY);
            var high = starts(lab, 0);
            long overtakings = overtakings(low, high);
            assertThat(overtakings).isPositive();
            lab.passed("CANARY priorities without aging (%s): low ones were overtaken %d times, for up to %d ms"
                    .formatted(store, overtakings, low.getLast().waited()));
        }
    }

    private static WorkflowQueue queue() {
        return WorkflowQueue.named(AGING_QUEUE).workerConcurrency(SLOTS);
    }

    /** Until those of the low priority have started, or should have. @return how many have waited at the least */
    private static int work(Lab lab, WorkflowQueue queue) throws Exception {
        try (var client = lab.client()) {
            lab.database().dismissWitness();
            client.registerQueue(queue);
            var worker = lab.start(lab.job());
            worker.await("READY", Lab.SOON);
            int least = load(lab, client);
            lab.awaitIdle();
            Lab.end(worker);
            return least;
        }
    }

    private static int load(Lab lab, DBOSClient client) throws InterruptedException {
        fill(lab, client);
        int least = Integer.MAX_VALUE;
        int low = 0;
        long next = System.nanoTime() + SPACING.toNanos();
        long end = next + SPACING.multipliedBy(LOW).plus(PROMISE).plus(PATIENCE).toNanos();
        while (System.nanoTime() - end < 0 && (low < LOW || waiting(lab, PRIORITY) > 0)) {
            if (low < LOW && System.nanoTime() - next >= 0) {
                client.enqueue(WorkflowOptions.defaults().priority(PRIORITY), AGING_QUEUE, Turns.NAME, low++);
                next += SPACING.toNanos();
            }
            least = Math.min(least, fill(lab, client));
            Thread.sleep(5);
        }
        return least;
    }

    /** @return how many there were */
    private static int fill(Lab lab, DBOSClient client) {
        int waiting = waiting(lab, 0);
        if (waiting < WAITING / 2)
            client.enqueueAll(AGING_QUEUE, Turns.NAME, IntStream.range(waiting, WAITING).boxed().toList());
        return waiting;
    }

    private static int waiting(Lab lab, int priority) {
        return (int) lab.tables().number(
                "select count(*) from workflow_status where status = 'ENQUEUED' and priority = " + priority);
    }

    /** Of all of a priority, by how long they waited. */
    private static List<Start> starts(Lab lab, int priority) {
        return lab.tablesAtRest().list("""
                select created_at, started_at
                  from workflow_status
                 where priority = %d
                 order by started_at - created_at
                """.formatted(priority), row -> new Start(row.getLong(1), row.getLong(2)));
    }

    /** At the promised time it stands where one of the high priority stands that has just come, or one job behind. */
    private static long bound(List<Start> high) {
        return PROMISE.toMillis() + high.getLast().waited() + Turns.LONGEST;
    }

    /** How often one of the high priority that came too late for that went before one of the low. */
    private static long overtakings(List<Start> low, List<Start> high) {
        return low.stream()
                .mapToLong(start -> high.stream()
                        .filter(other -> other.enqueued() > start.enqueued() + PROMISE.toMillis() + EXACTNESS
                                && other.started() < start.started())
                        .count())
                .sum();
    }
}
