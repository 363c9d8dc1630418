package dev.dbosj.simulation;

import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What happens to the processes of a world: incidents drawn from the seed, then good weather, in which everything that
 * was accepted must come to its end.
 */
final class Script {
    private static final int MOST_EXECUTORS = 4;
    private static final int MOST_INCIDENTS = 6;
    private static final Duration BETWEEN_INCIDENTS = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofHours(3);
    private static final Duration PATIENCE_AFTER_CLOSE = Duration.ofMinutes(3);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int MOST_RESUMPTIONS = 3;
    private static final int HOUR_MILLIS = 3_600_000;

    private final World world;
    private final SimulatedProcess nemesis;
    private final SplittableRandom random;
    private final Faults faults;
    private final SeededScheduler scheduler;
    private final int executors;
    private final Host[] hosts;
    private final int[] incarnations;
    private final boolean resumesAll;
    private final Map<String, Integer> resumptions = new HashMap<>();
    private boolean ending;

    /** @param nemesis the process that this runs in; nothing ever happens to it */
    Script(World world, SimulatedProcess nemesis, SplittableRandom random) {
        this.world = world;
        this.nemesis = nemesis;
        this.random = random;
        this.faults = world.faults();
        this.scheduler = world.scheduler();
        this.resumesAll = random.nextBoolean();
        this.executors = random.nextInt(3) == 0 ? random.nextInt(1, MOST_EXECUTORS + 1) : 2;
        this.hosts = new Host[executors + random.nextInt(2)];
        this.incarnations = new int[hosts.length];
    }

    /** How many executors there are at a time, if none is down. */
    int executors() {
        return executors;
    }

    void start() {
        nemesis.start("script", this::run);
        var chance = random.split();
        if (world.weather() == Weather.STORM && chance.nextBoolean()) nemesis.start("stranger", () -> meddle(chance));
    }

    /** Somebody who works on the same database now and then holds a row that others need. */
    private void meddle(SplittableRandom chance) {
        long pause = chance.nextLong(20, 2_000);
        while (!world.isHealed()) {
            nemesis.sleep(Duration.ofMillis(chance.nextLong(2 * pause)));
            var id = world.anyLockable(chance);
            var howLong = faults.stall();
            nemesis.note("a stranger locks " + id + " for " + howLong);
            world.strangers().lock(id, howLong);
        }
        world.strangers().heal();
    }

    private void run() {
        for (int slot = 0; slot < hosts.length; slot++) launch(slot);
        int incidents = world.weather() == Weather.CALM ? 0 : random.nextInt(MOST_INCIDENTS + 1);
        for (int i = 0; i < incidents; i++) {
            pause(BETWEEN_INCIDENTS);
            faults.another();
            if (world.weather() == Weather.STORM) incident();
            else if (random.nextBoolean()) outage();
            else setClock();
        }
        pause(BETWEEN_INCIDENTS);
        heal();
        if (world.weather() == Weather.STORM && random.nextBoolean()) disturb();
        awaitRest();
        ending = true;
        for (var host : hosts) close(host);
        awaitEnd();
        world.end();
    }

    boolean isClosing(SimulatedProcess process) {
        return Arrays.stream(hosts).noneMatch(host -> host.process() == process && !host.isClosing());
    }

    private void pause(Duration longest) {
        nemesis.sleep(Duration.ofNanos((long) (longest.toNanos() * Math.pow(random.nextDouble(), 3))));
    }

    // ---- processes --------------------------------------------------------------------------------------------------

    private void launch(int slot) {
        var name = (char) ('a' + slot) + Integer.toString(++incarnations[slot]);
        var skew = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextLong(-HOUR_MILLIS, HOUR_MILLIS));
        hosts[slot] = new Host(world, world.createProcess(name, skew), random.split(), role(slot));
        hosts[slot].start();
    }

    private Host.Role role(int slot) {
        if (slot == 0) return Host.Role.VERSATILE_EXECUTOR;
        return slot < executors ? Host.Role.EXECUTOR : Host.Role.CLIENT;
    }

    private void restartLater(Host host) {
        scheduler.after(faults.stall(), () -> {
            for (int slot = 0; slot < hosts.length; slot++) if (hosts[slot] == host && !ending) launch(slot);
        });
    }

    private void kill(Host host) {
        if (host.isOver()) return;
        world.tally().count("kill");
        host.process().kill();
        restartLater(host);
    }

    private void close(Host host) {
        if (!host.isServing()) return;
        world.tally().count("close");
        host.close(() -> restartLater(host));
    }

    // ---- incidents --------------------------------------------------------------------------------------------------

    private void incident() {
        var host = hosts[random.nextInt(hosts.length)];
        switch (random.nextInt(9)) {
            case 0, 1 -> kill(host);
            case 2, 3 -> stop(host);
            case 4 -> close(host);
            case 5 -> faults.deafen(host.process(), absence());
            case 6 -> faults.cutOff(host.process(), absence());
            case 7 -> setClock();
            default -> outage();
        }
    }

    private void stop(Host host) {
        world.tally().count("stop");
        host.process().stop();
        scheduler.after(absence(), host.process()::goOn);
    }

    private void outage() {
        var howLong = absence();
        nemesis.note("the database is away for " + howLong);
        faults.away(howLong);
    }

    /** Somebody corrects a clock, or puts it wrong: a host's by up to an hour, the database's mostly by less. */
    private void setClock() {
        if (random.nextBoolean()) {
            var process = hosts[random.nextInt(hosts.length)].process();
            process.jump(Duration.ofMillis(random.nextLong(-HOUR_MILLIS, HOUR_MILLIS)));
            world.tally().count("host's clock set");
            return;
        }
        boolean back = random.nextBoolean();
        var howFar = back ? absence().negated() : random.nextBoolean() ? absence() : Duration.ofHours(1);
        nemesis.note("the database's clock is set by " + howFar);
        world.tally().count(back ? "clock set back" : "clock set forward");
        world.clock().jump(howFar);
    }

    /** Often longer than the lease. */
    private Duration absence() {
        if (random.nextBoolean()) return faults.stall();
        var lease = world.config().lease();
        return lease.plusMillis(random.nextLong(2 * lease.toMillis()));
    }

    // ---- good weather -----------------------------------------------------------------------------------------------

    /** From now on nothing goes wrong, and at least one executor lives. */
    private void heal() {
        nemesis.note("all faults end");
        world.heal();
        boolean alone = world.weather() == Weather.STORM && random.nextBoolean();
        for (int slot = 0; slot < hosts.length; slot++) {
            hosts[slot].process().goOn();
            if (role(slot) == Host.Role.EXECUTOR && alone) hosts[slot].process().kill();
            else if (hosts[slot].isOver()) launch(slot);
        }
    }

    /** One thing more happens in good weather, where more can be promised: a deploy, or a crash. */
    private void disturb() {
        nemesis.sleep(world.untilUndisturbed());
        pause(BETWEEN_INCIDENTS);
        if (random.nextBoolean()) close(hosts[0]);
        else if (executors > 1 && hosts[0].isServing() && hosts[1].isServing()) crash(hosts[1]);
    }

    /** The other executor takes over within the lease, but for the time that it takes to be sure. */
    private void crash(Host host) {
        host.process().kill();
        var lease = world.config().lease();
        scheduler.after(lease.plus(lease.dividedBy(2)).plus(SECOND), () -> world.auditor().gone(host.process()));
        restartLater(host);
    }

    private void awaitRest() {
        long end = scheduler.nanos() + PATIENCE.toNanos();
        while (!isAtRest()) {
            if (scheduler.nanos() > end) {
                world.breach("I3: no rest " + PATIENCE + " after the last fault. " + unrest());
                return;
            }
            nemesis.sleep(SECOND);
            resumeQueues();
            if (resumesAll) resumeAll();
        }
    }

    private boolean isAtRest() {
        return Arrays.stream(hosts).allMatch(Host::isIdle) && world.rows().stream().noneMatch(this::isUnfinished);
    }

    private boolean isUnfinished(WorkflowStatus row) {
        if (row.name().equals(Programs.UNKNOWN)) return false;
        return !row.status().isTerminal() || resumesAll && isResumable(row);
    }

    /** What fails again whenever it is tried again may be left. */
    private boolean isResumable(WorkflowStatus row) {
        if (row.status() == WorkflowState.CANCELLED) return true;
        return row.status() == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED
                && resumptions.getOrDefault(row.workflowId(), 0) < MOST_RESUMPTIONS;
    }

    /** Whoever held them up may have died. */
    private void resumeQueues() {
        var held = world.heldQueues();
        for (var host : hosts)
            if (!held.isEmpty() && host.isServing() && !host.process().hasThread("doorman"))
                host.process().start("doorman", () -> held.forEach(host.client()::resumeQueue));
    }

    private void resumeAll() {
        var stopped = world.rows().stream().filter(this::isResumable).map(WorkflowStatus::workflowId).toList();
        if (stopped.isEmpty()) return;
        for (var host : hosts)
            if (host.isServing() && !host.process().hasThread("janitor"))
                host.process().start("janitor", () -> stopped.forEach(id -> resume(host, id)));
    }

    private void resume(Host host, String workflowId) {
        host.client().resumeWorkflow(workflowId);
        resumptions.merge(workflowId, 1, Integer::sum);
    }

    private void awaitEnd() {
        long end = scheduler.nanos() + PATIENCE_AFTER_CLOSE.toNanos();
        while (!Arrays.stream(hosts).allMatch(host -> host.isOver() && host.process().threads().isEmpty())) {
            if (scheduler.nanos() > end) {
                world.breach("threads are left after close:" + unrest());
                return;
            }
            nemesis.sleep(SECOND);
        }
    }

    private String unrest() {
        var text = new StringBuilder();
        for (var row : world.rows()) if (isUnfinished(row)) text.append("\n    ").append(row);
        for (var host : hosts)
            for (var thread : host.process().threads())
                text.append("\n    ").append(thread.getName()).append(Arrays.toString(thread.getStackTrace()));
        return text.toString();
    }
}
