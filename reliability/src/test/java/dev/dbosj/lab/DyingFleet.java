package dev.dbosj.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Processes of which one is always being killed, and another one started in its place. */
final class DyingFleet {
    static final int WORKERS = 4;

    private static final Duration LEASE = Duration.ofSeconds(2);

    private final Lab lab;
    private final Random random = new Random(Lab.SEED);
    private final List<WorkerProcess> workers = new ArrayList<>();
    private long nextKill;
    private int kills;
    private int interrupted;

    /** Returns when all of them work. */
    DyingFleet(Lab lab) throws InterruptedException {
        this(lab, WORKERS);
    }

    /** So many of them. */
    DyingFleet(Lab lab, int count) throws InterruptedException {
        this.lab = lab;
        for (int worker = 0; worker < count; worker++) start();
        for (var worker : workers) worker.await("READY", Lab.SOON);
        postponeKill();
    }

    private void start() {
        workers.add(lab.start(lab.job().lease(LEASE)));
    }

    private void postponeKill() {
        nextKill = System.nanoTime() + Duration.ofMillis(1000 + random.nextInt(1000)).toNanos();
    }

    /** Kills one, now and then. */
    void disturb() throws InterruptedException {
        if (System.nanoTime() - nextKill < 0) return;
        var victim = workers.remove(random.nextInt(workers.size()));
        lab.kill(victim);
        kills++;
        if (lab.ledger().diedInBody(victim.pid())) interrupted++;
        start();
        postponeKill();
    }

    /** Gives any of them a command. */
    void tell(String command) {
        workers.get(random.nextInt(workers.size())).tell(command);
    }

    int kills() {
        return kills;
    }

    /** How many kills have met somebody in the midst of work. */
    int interrupted() {
        return interrupted;
    }

    /** Lets them finish everything, and ends them. */
    void end() throws IOException, InterruptedException {
        lab.awaitIdle();
        Lab.end(workers.toArray(WorkerProcess[]::new));
    }
}
