package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Some processes with short leases, of which now one and now the other is killed and replaced, or stopped past its
 * lease and goes on later, at random moments, wherever that may be. On one file a process that is stopped inside of a
 * commit makes everybody wait; nowhere does it make anything wrong.
 */
@Tag("T3")
@EachStore
@Timeout(3600)
class FleetTest {
    private static final int WORKERS = 4;
    private static final int AWAY_AT_ONCE = 2;
    private static final int AT_A_TIME = 3;
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration TAKEOVER = LEASE.plusSeconds(2);

    private static final class Member {
        private final WorkerProcess process;
        private boolean ready;
        private long readyAt;

        Member(WorkerProcess process) {
            this.process = process;
        }

        boolean isSettled() throws InterruptedException {
            if (!ready && (ready = process.says("READY", Duration.ZERO))) readyAt = System.nanoTime();
            return ready && System.nanoTime() - readyAt > LEASE.toNanos();
        }
    }

    private record Stopped(Member member, long until) {}

    private final Store store;
    private final Random random = new Random(Lab.SEED);
    private final List<Member> present = new ArrayList<>();
    private final ArrayDeque<Stopped> away = new ArrayDeque<>();
    private int kills;
    private int stops;

    FleetTest(Store store) {
        this.store = store;
    }

    @Test
    void killedAndStoppedAtRandomMoments() throws Exception {
        try (var lab = new Lab("FleetTest", store); var hiccups = new Hiccups()) {
            var audit = new OrdersAudit(lab);
            for (int worker = 0; worker < WORKERS; worker++) start(lab);
            for (var course = new Course(5, 0.4); course.goesOn();) {
                Thread.sleep(random.nextInt(700));
                goOn(lab, false);
                var victim = victim(lab);
                if (random.nextInt(3) == 0 || away.size() == AWAY_AT_ONCE) kill(lab, victim);
                else stop(lab, victim);
                audit.look(lab.tables());
            }
            goOn(lab, true);
            for (var member : present) member.process.tell("enough");
            for (var member : present) member.process.await("DONE", Lab.LONG);
            lab.awaitIdle();
            Lab.end(present.stream().map(member -> member.process).toArray(WorkerProcess[]::new));
            judge(lab, audit, hiccups);
        }
    }

    private void start(Lab lab) {
        var worker = lab.start(lab.job().lease(LEASE));
        worker.tell(Orders.command(OrdersAudit.orders(lab.tables()), Integer.MAX_VALUE, AT_A_TIME));
        present.add(new Member(worker));
    }

    /** Anybody, if somebody is left who has been there for a while: nothing is promised for a fleet that is gone. */
    private Member victim(Lab lab) throws Exception {
        while (settled() < 2) {
            Thread.sleep(20);
            goOn(lab, false);
        }
        return present.remove(random.nextInt(present.size()));
    }

    private int settled() throws InterruptedException {
        int settled = 0;
        for (var member : present) if (member.isSettled()) settled++;
        return settled;
    }

    private void kill(Lab lab, Member victim) throws InterruptedException {
        lab.kill(victim.process);
        kills++;
        start(lab);
    }

    private void stop(Lab lab, Member victim) throws Exception {
        lab.stop(victim.process);
        stops++;
        away.add(new Stopped(victim, System.nanoTime() + TAKEOVER.plusMillis(random.nextInt(1000)).toNanos()));
    }

    /** Those whose time has come, or all when it has. */
    private void goOn(Lab lab, boolean all) throws Exception {
        while (!away.isEmpty() && (all || away.peek().until() - System.nanoTime() < 0)) {
            var back = away.poll();
            Thread.sleep(Duration.ofNanos(Math.max(0, back.until() - System.nanoTime())));
            lab.goOn(back.member().process);
            back.member().readyAt = System.nanoTime();
            present.add(back.member());
        }
    }

    private void judge(Lab lab, OrdersAudit audit, Hiccups hiccups) throws Exception {
        var pauses = Pauses.of(lab.ledger().read());
        // A file that a stopped process keeps locked is taken over when it goes on, not before.
        if (store == Store.POSTGRES)
            assertThat(pauses.longest().length()).as("%s", pauses.longest())
                    .isLessThan(TAKEOVER.plus(hiccups.allowance()));
        var found = audit.judge(
                "FLEET %s: %d workers, %d kills, %d stops past the lease".formatted(store, WORKERS, kills, stops),
                ", %d workflows, taken over %d, longest pause %d ms (lease %d ms, hiccups of the machine up to %d ms)"
                        .formatted(
                                lab.tables().number("select count(*) from workflow_status"), pauses.count(),
                                pauses.longest().length().toMillis(), LEASE.toMillis(), hiccups.longest().toMillis()));
        assertThat(found.atTheDoor()).isLessThanOrEqualTo(stops * Runtime.getRuntime().availableProcessors());
    }
}
