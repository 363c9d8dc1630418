package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.WorkflowOptions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Several processes work on a queue that allows few workflows at once, and one of them is always being killed. Nobody
 * ever sees more holders of a slot than there are slots, and of those who wait the most urgent comes first.
 */
@Tag("T3")
@EachStore
@Timeout(3600)
class ConcurrencyTest {
    private static final int SECONDS = Course.seconds(6, 0.05);
    private static final int LEAST_KILLS = 4;

    /** It goes on until a kill has met somebody in the midst of work, and all slots were held. */
    private static final Duration AT_MOST_LONGER = Duration.ofMinutes(2);

    private static final int WAITING = 60;
    private static final int PRIORITIES = 3;

    /** From the time at which a workflow is accepted, by its row, until everybody sees the row, on a busy machine. */
    private static final Duration UNSEEN = Duration.ofMillis(500);

    private final Store store;
    private final Random random = new Random(Lab.SEED);
    private int accepted;

    ConcurrencyTest(Store store) {
        this.store = store;
    }

    @Test
    void neverMoreThanTheQueueAllows() throws Exception {
        try (var lab = new Lab("ConcurrencyTest", store); var client = lab.client()) {
            var fleet = new DyingFleet(lab);
            try (var sampler = new Sampler(lab.tables())) {
                long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
                while (System.nanoTime() - end < 0 || !saysSomething(fleet, sampler) && isNear(end)) {
                    feed(lab, client);
                    fleet.disturb();
                }
                fleet.end();
                judge(lab, fleet, sampler);
            }
        }
    }

    private static boolean saysSomething(DyingFleet fleet, Sampler sampler) {
        return fleet.kills() >= LEAST_KILLS && fleet.interrupted() > 0
                && sampler.mostHolders() >= Turns.CONCURRENCY && sampler.mostHoldersOfOne() >= Turns.OF_ONE;
    }

    private static boolean isNear(long end) {
        return System.nanoTime() - end < AT_MOST_LONGER.toNanos();
    }

    /** There are always some that wait, of all priorities. */
    private void feed(Lab lab, DBOSClient client) throws InterruptedException {
        long waiting = lab.tables().number("select count(*) from workflow_status where status = 'ENQUEUED'");
        for (long more = waiting; more < WAITING; more++) {
            var id = Turns.id(accepted);
            var options = WorkflowOptions.id(id).priority(random.nextInt(PRIORITIES));
            client.enqueue(options, Turns.QUEUE, Turns.NAME, accepted);
            lab.ledger().write(Entry.Kind.ACCEPTED, id, 0, "", 0, "");
            accepted++;
        }
        Thread.sleep(20);
    }

    private void judge(Lab lab, DyingFleet fleet, Sampler sampler) {
        var found = new Auditor(Turns.QUEUE, Turns.OF_ONE).audit(lab.tablesAtRest(), lab.ledger());
        var overtakings = overtakings(lab);
        var figures = ("CONCURRENCY %s: limit %d, %d of one, over %d processes, %d kills in %d s, %d workflows,"
                + " most holders %d (%d of one) in %d samples%s, most bodies %d (%d of one), overtaken %d, seed %d")
                .formatted(
                        store, Turns.CONCURRENCY, Turns.OF_ONE, DyingFleet.WORKERS, fleet.kills(), SECONDS, accepted,
                        sampler.mostHolders(), sampler.mostHoldersOfOne(), sampler.samples(), ofWitness(lab),
                        found.mostInAll(), found.mostAtOnce(), overtakings.size(), Lab.SEED);
        assertThat(found.all()).as(figures).isEmpty();
        assertThat(found.steps()).isEqualTo(accepted);
        assertThat(found.begunAgain()).as("bodies that a kill has interrupted").isPositive();
        assertThat(found.mostInAll()).as(figures).isBetween(2, Turns.CONCURRENCY);
        assertThat(sampler.mostHolders()).as(figures).isEqualTo(Turns.CONCURRENCY);
        assertThat(sampler.mostHoldersOfOne()).as(figures).isEqualTo(Turns.OF_ONE);
        lab.witness().ifPresent(witness -> {
            assertThat(witness.mostHolders()).as(figures).isEqualTo(Turns.CONCURRENCY);
            assertThat(witness.mostHoldersOfOne()).as(figures).isEqualTo(Turns.OF_ONE);
            assertThat(witness.staleWrites()).as(figures).isEmpty();
        });
        assertThat(overtakings).as(figures).isEmpty();
        lab.passed(figures);
    }

    private static String ofWitness(Lab lab) {
        return lab.witness()
                .map(witness -> ", %d (%d of one) at %d claims".formatted(
                        witness.mostHolders(), witness.mostHoldersOfOne(), witness.claims()))
                .orElse("");
    }

    /**
     * Who was claimed although somebody more urgent had been waiting for a while. Those who were claimed again are not
     * judged: it is not known when they were claimed at first.
     */
    private static List<String> overtakings(Lab lab) {
        return lab.tablesAtRest().texts("""
                select urgent.workflow_id || ' was overtaken by ' || other.workflow_id
                  from workflow_status urgent
                  join workflow_status other
                    on other.queue_name = urgent.queue_name and other.priority > urgent.priority
                 where urgent.created_at + %d < other.started_at and other.started_at < urgent.started_at
                   and urgent.owner_epoch = 1 and other.owner_epoch = 1
                """.formatted(UNSEEN.toMillis()));
    }
}
