package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Some processes with short leases, of which now one and now the other is killed and replaced, or stopped past its lease
 * and goes on later, at random moments, wherever that may be. On one file a process that is stopped inside of a commit
 * makes everybody wait; nowhere does it make anything wrong.
 */
@EachStore
@Timeout(3600)
class FleetTest {
    private static final int WORKERS = 4;
    private static final int AWAY_AT_ONCE = 2;
    private static final int AT_A_TIME = 3;
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration TAKEOVER = LEASE.plusSeconds(2);

    private record Member(WorkerProcess process, long since) {}

    private record Stopped(WorkerProcess process, long until) {}

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
            for (int fault = 0; fault < Lab.FAULTS; fault++) {
                Thread.sleep(random.nextInt(700));
                goOn(lab, false);
                var victim = victim();
                if (random.nextBoolean() || away.size() == AWAY_AT_ONCE) kill(lab, victim);
                else stop(lab, victim);
                audit.look(lab.tables());
            }
            goOn(lab, true);
            for (var member : present) member.process().tell("enough");
            for (var member : present) member.process().await("DONE", Lab.LONG);
            lab.awaitIdle();
            Lab.end(present.stream().map(Member::process).toArray(WorkerProcess[]::new));
            judge(lab, audit, hiccups);
        }
    }

    private void start(Lab lab) throws InterruptedException {
        var worker = lab.start(lab.job().lease(LEASE));
        worker.tell(Orders.command(OrdersAudit.orders(lab.tables()), Integer.MAX_VALUE, AT_A_TIME));
        worker.await("READY", Lab.SOON);
        present.add(new Member(worker, System.nanoTime()));
    }

    /** Anybody, if somebody is left who has been there for a while: nobody promises anything for a fleet that is gone. */
    private WorkerProcess victim() throws InterruptedException {
        while (settled() < 2) Thread.sleep(20);
        return present.remove(random.nextInt(present.size())).process();
    }

    private long settled() {
        long since = System.nanoTime() - LEASE.toNanos();
        return present.stream().filter(member -> member.since() - since < 0).count();
    }

    private void kill(Lab lab, WorkerProcess victim) throws InterruptedException {
        lab.kill(victim);
        kills++;
        start(lab);
    }

    private void stop(Lab lab, WorkerProcess victim) throws Exception {
        lab.stop(victim);
        stops++;
        away.add(new Stopped(victim, System.nanoTime() + TAKEOVER.plusMillis(random.nextInt(1000)).toNanos()));
    }

    /** Those whose time has come, or all when it has. */
    private void goOn(Lab lab, boolean all) throws Exception {
        while (!away.isEmpty() && (all || away.peek().until() - System.nanoTime() < 0)) {
            var back = away.poll();
            Thread.sleep(Duration.ofNanos(Math.max(0, back.until() - System.nanoTime())));
            lab.goOn(back.process());
            present.add(new Member(back.process(), System.nanoTime()));
        }
    }

    private void judge(Lab lab, OrdersAudit audit, Hiccups hiccups) throws Exception {
        var stale = lab.witness().map(Witness::staleWrites);
        assertThat(stale.orElse(List.of())).isEmpty();
        var pauses = Pauses.of(lab.ledger().read());
        // A file that a stopped process keeps locked is taken over when it goes on, not before.
        if (store == Store.POSTGRES)
            assertThat(pauses.longest().length()).as("%s", pauses.longest()).isLessThan(TAKEOVER.plus(hiccups.allowance()));
        var found = audit.judge(
                "FLEET %s: %d workers, %d kills, %d stops past the lease".formatted(store, WORKERS, kills, stops),
                ", %d workflows, taken over %d, longest pause %d ms (lease %d ms, hiccups of the machine up to %d ms)%s"
                        .formatted(
                                lab.tables().number("select count(*) from workflow_status"), pauses.count(),
                                pauses.longest().length().toMillis(), LEASE.toMillis(), hiccups.longest().toMillis(),
                                stale.map(none -> ", stale writes accepted 0").orElse("")));
        assertThat(found.atTheDoor()).isLessThanOrEqualTo(stops * Runtime.getRuntime().availableProcessors());
    }
}
