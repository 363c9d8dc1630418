package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Everything that a queue can be told, at once, on processes of which one is always being killed: bounds and producers
 * that wait for room, keys, put-off calls, delays, partitions, priorities, batches, attempts, time-outs, dead letters
 * that are redriven, pauses. What is promised of each holds as if nobody had died.
 */
@Tag("T3")
@EachStore(oneInEveryBuild = true)
@Timeout(3600)
class FlowControlKillTest {
    private static final int WORKERS = 3;
    private static final int SECONDS = Course.seconds(2, 0.08);

    /** It goes on until a kill has met somebody in the midst of work, there was work of every kind, and no room. */
    private static final Duration AT_MOST_LONGER = Duration.ofMinutes(2);

    private static final int REDRIVES = 20;

    private final Store store;

    FlowControlKillTest(Store store) {
        this.store = store;
    }

    @Test
    void whatQueuesPromiseHoldsWhoeverDies() throws Exception {
        try (var lab = new Lab("FlowControlKillTest", store); var client = lab.client()) {
            FlowWork.queues().forEach(client::registerQueue);
            var fleet = new DyingFleet(lab, WORKERS);
            var auditor = new Auditor(FlowWork.UPLOADS, FlowWork.UPLOADS_OF_ONE);
            var random = new Random(Lab.SEED);
            try (var watch = new FlowWatch(lab.tables()); var load = new FlowLoad(lab, client, watch)) {
                long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
                while (System.nanoTime() - end < 0 || !saysSomething(fleet, load, watch) && isNear(end)) {
                    load.feed();
                    fleet.disturb();
                    if (random.nextInt(REDRIVES) == 0) fleet.tell("redrive");
                    auditor.look(lab.tables(), lab.ledger());
                }
                load.end();
                fleet.end();
                judge(lab, fleet, auditor, load, watch);
            }
        }
    }

    private static boolean saysSomething(DyingFleet fleet, FlowLoad load, FlowWatch watch) {
        return fleet.interrupted() > 0 && load.saysSomething() && watch.mostWaiting() == FlowWork.ROOM;
    }

    private static boolean isNear(long end) {
        return System.nanoTime() - end < AT_MOST_LONGER.toNanos();
    }

    private void judge(Lab lab, DyingFleet fleet, Auditor auditor, FlowLoad load, FlowWatch watch) {
        var tables = lab.tablesAtRest();
        var found = auditor.audit(tables, lab.ledger());
        var audit = new FlowAudit(tables, lab.ledger());
        var wrong = found.all();
        wrong.addAll(audit.judge());
        wrong.addAll(watch.wrong());
        lab.witness().ifPresent(witness -> wrong.addAll(witness.staleWrites()));
        var figures = ("FLOWKILL %s: %d kills, %d workflows, %d steps, lost %d, completed steps repeated %d,"
                + " begun again %d, uploads %d, most waiting %d of %d, duplicates %d, put-off calls %d, pages %d,"
                + " rows %d, together %d, pauses %d, failed attempts %d, unrecorded for a kill %d, dead letters %d, redriven %d, samples %d,"
                + " wrong %d, seed %d")
                .formatted(
                        store, fleet.kills(), audit.workflows(), found.steps(), found.lost().size(),
                        found.repeated().size(), found.begunAgain(), audit.on(FlowWork.UPLOADS), watch.mostWaiting(),
                        FlowWork.ROOM, load.duplicates(), audit.calls(), audit.on(FlowWork.PAGES),
                        audit.on(FlowWork.ROWS), audit.together(), load.pauses(),
                        audit.failedAttempts(), audit.unrecorded(), audit.deadLetters(), audit.redriven(),
                        watch.samples(), wrong.size(), Lab.SEED);
        assertThat(wrong).as(figures).isEmpty();
        assertThat(found.begunAgain()).as(figures).isPositive();
        assertThat(watch.mostWaiting()).as(figures).isEqualTo(FlowWork.ROOM);
        assertThat(audit.calls()).as(figures).isGreaterThan(audit.on(FlowWork.PAGES));
        assertThat(audit.together()).as(figures).isPositive();
        assertThat(load.duplicates()).as(figures).isPositive();
        assertThat(load.pauses()).as(figures).isPositive();
        assertThat(audit.on(FlowWork.RENDERS)).as(figures).isPositive();
        assertThat(audit.deadLetters()).as(figures).isPositive();
        assertThat(audit.redriven()).as(figures).isPositive();
        lab.passed(figures);
    }
}
