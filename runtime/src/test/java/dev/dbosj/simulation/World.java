package dev.dbosj.simulation;

import ch.qos.logback.classic.Level;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.SimulatedRuntime;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.memory.MemorySystemDatabase;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * One simulated world: a database, two executors that are killed, stopped, closed and started anew, and clients. After
 * a while all faults end, and then everything that was accepted must come to its end.
 */
final class World implements Model.World {
    private static final long MAX_SWITCHES = 1_000_000;
    private static final int EVERYTHING = 100_000;
    private static final Duration PATIENCE = Duration.ofHours(3);
    private static final Duration PATIENCE_AFTER_CLOSE = Duration.ofMinutes(3);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /**
     * What became of it.
     *
     * @param failure which promise was broken; null if none was
     * @param trace the last lines
     */
    record Result(
            long seed,
            long digest,
            long switches,
            Duration simulated,
            int workflows,
            int bodies,
            Tally tally,
            String failure,
            List<String> trace) {}

    /** One process and what runs in it. */
    private static final class Host {
        private final SimulatedProcess process;
        private Programs programs;
        private boolean up;
        private boolean closing;
        private boolean closed;

        Host(SimulatedProcess process) {
            this.process = process;
        }

        boolean isServing() {
            return up && !closing && !isOver();
        }

        boolean isOver() {
            return closed || process.isDead();
        }
    }

    private final long seed;
    private final SplittableRandom random;
    private final Trace trace;
    private final Tally tally = new Tally();
    private final SeededScheduler scheduler;
    private final SystemDatabase database;
    private final Auditor auditor;
    private final Ledger ledger;
    private final Weather weather;
    private final Faults faults;
    private final DBOSConfig config;
    private final List<WorkflowQueue> queues;
    private final SimulatedProcess nemesis;
    private final Host[] hosts = new Host[2];
    private final int[] incarnations = new int[2];
    private final List<DBOSRuntime> runtimes = new ArrayList<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final boolean resumesAll;
    private final Duration longestPause;
    private int callsLeft;
    private boolean healed;
    private long lastFault;
    private boolean ending;
    private boolean finished;
    private String failure;

    /**
     * @param breakage puts a deliberately broken store in the place of a good one
     * @param keptLines how many lines of the trace are kept
     */
    World(long seed, UnaryOperator<SystemDatabase> breakage, int keptLines) {
        this.seed = seed;
        random = new SplittableRandom(seed);
        trace = new Trace(keptLines);
        scheduler = new SeededScheduler(random.split(), trace);
        database = breakage.apply(new MemorySystemDatabase(SimulatedProcess.worldTime(scheduler)));
        auditor = new Auditor(database, this::breach);
        weather = switch (random.nextInt(10)) {
            case 0 -> Weather.CALM;
            case 1 -> Weather.OUTAGES;
            default -> Weather.STORM;
        };
        ledger = new Ledger(auditor, weather, this::breach);
        var lease = Duration.ofSeconds(random.nextInt(1, 11));
        faults = new Faults(random.split(), scheduler, weather, lease.multipliedBy(2));
        config = DBOSConfig.named("simulation")
                .databaseUrl("memory:")
                .shutdownHook(false)
                .exceptions(ProgramException.class)
                .lease(lease)
                .pollInterval(Duration.ofMillis(random.nextInt(50, 1_500)))
                .shutdownGrace(Duration.ofMillis(random.nextInt(5_000)));
        queues = List.of(queue(0), queue(1), queue(2));
        nemesis = new SimulatedProcess("nemesis", scheduler, random.split(), trace, Duration.ZERO, this::breach);
        resumesAll = random.nextBoolean();
        callsLeft = random.nextInt(2, random.nextInt(4) == 0 ? 80 : 20);
        longestPause = Duration.ofMillis(random.nextInt(100, 6_000));
        if (weather == Weather.STORM && random.nextInt(3) == 0) scheduler.lag(random.nextInt(1, 50), Duration.ofMillis(random.nextInt(1, 1_000)));
    }

    private WorkflowQueue queue(int level) {
        return WorkflowQueue.named(Plan.queue(level)).workerConcurrency(random.nextInt(3) == 0 ? null : random.nextInt(1, 4));
    }

    // ---- the course of the world ---------------------------------------------------------------------------------------

    Result run() {
        var log = SimulatedLog.listen(this::logged);
        try {
            nemesis.start("script", this::script);
            scheduler.runUntil(() -> finished || failure != null, MAX_SWITCHES);
            if (failure == null) judge();
        } catch (SimulationFailure broken) {
            breach(broken.getMessage());
        } finally {
            log.close();
            runtimes.forEach(SimulatedRuntime::forget);
        }
        return new Result(seed, trace.digest(), scheduler.switches(), Duration.ofNanos(scheduler.nanos()), rows().size(),
                ledger.bodies(), tally, failure, trace.lines());
    }

    private void logged(Level level, String message) {
        if (message.contains("was declared dead")) tally.count("rejoin");
        trace.remark(scheduler.nanos(), "log", Thread.currentThread().getName() + " " + level + " " + message);
        if (message.contains(" has died")) breach(message);
    }

    private void script() {
        launch(0);
        launch(1);
        int incidents = weather == Weather.CALM ? 0 : random.nextInt(7);
        for (int i = 0; i < incidents; i++) {
            pause(Duration.ofSeconds(15));
            if (weather == Weather.STORM) incident();
            else outage();
        }
        pause(Duration.ofSeconds(15));
        heal();
        if (weather == Weather.STORM && random.nextBoolean()) disturb();
        awaitRest();
        ending = true;
        for (var host : hosts) close(host);
        awaitEnd();
        finished = true;
    }

    private void pause(Duration longest) {
        nemesis.sleep(Duration.ofNanos((long) (longest.toNanos() * Math.pow(random.nextDouble(), 3))));
    }

    private void incident() {
        int slot = random.nextInt(2);
        var host = hosts[slot];
        switch (random.nextInt(8)) {
            case 0, 1 -> kill(slot);
            case 2, 3 -> {
                tally.count("stop");
                host.process.stop();
                scheduler.after(absence(), host.process::goOn);
            }
            case 4 -> close(host);
            case 5 -> faults.deafen(host.process, absence());
            case 6 -> faults.cutOff(host.process, absence());
            default -> outage();
        }
    }

    private void outage() {
        var howLong = absence();
        nemesis.note("the database is away for " + howLong);
        faults.away(howLong);
    }

    /** Often longer than the lease. */
    private Duration absence() {
        if (random.nextBoolean()) return faults.stall();
        return config.lease().plusMillis(random.nextLong(2 * config.lease().toMillis()));
    }

    private void kill(int slot) {
        var host = hosts[slot];
        if (host.isOver()) return;
        tally.count("kill");
        host.process.kill();
        restartLater(host);
    }

    private void restartLater(Host host) {
        scheduler.after(faults.stall(), () -> restart(host));
    }

    private void restart(Host host) {
        for (int slot = 0; slot < hosts.length; slot++) if (hosts[slot] == host && !ending) launch(slot);
    }

    private void close(Host host) {
        if (!host.isServing()) return;
        host.closing = true;
        boolean goodWeather = !hasFaults();
        long begin = scheduler.nanos();
        tally.count("close");
        host.process.start("closer", () -> {
            host.process.note("closing");
            Coverage.mark("DBOSRuntime.close()");
            host.programs.runtime().close();
            host.process.note("closed");
            if (goodWeather) requireCleanEnd(host, Duration.ofNanos(scheduler.nanos() - begin));
            host.closed = true;
            restartLater(host);
        });
    }

    private void requireCleanEnd(Host host, Duration took) {
        var limit = config.shutdownGrace().plusSeconds(12);
        if (took.compareTo(limit) > 0) breach("close took " + took + ", more than " + limit);
        if (!host.process.hasThread("workflow-")) auditor.gone(host.process);
        if (host.process.hasThread("dbosj-")) breach("threads are left after close: " + host.process.threads());
    }

    private void launch(int slot) {
        var name = (char) ('a' + slot) + Integer.toString(++incarnations[slot]);
        var skew = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextLong(-3_600_000, 3_600_000));
        var process = new SimulatedProcess(name, scheduler, random.split(), trace, skew, this::breach);
        var host = new Host(process);
        hosts[slot] = host;
        process.note("starts");
        process.start("main", () -> main(host));
    }

    private void main(Host host) {
        while (true) {
            var audited = new AuditedStore(
                    database, host.process, auditor, tally, what -> trace.add(scheduler.nanos(), "db", what));
            var runtime = SimulatedRuntime.create(config, host.process.seams(),
                    new FaultyStore(audited, host.process, scheduler, faults, auditor));
            runtimes.add(runtime);
            host.programs = Programs.register(host.process, ledger, auditor, runtime);
            Coverage.mark("DBOSRuntime.registerQueue(WorkflowQueue)");
            Coverage.mark("DBOSRuntime.launch()");
            queues.forEach(runtime::registerQueue);
            try {
                runtime.launch();
                break;
            } catch (SystemDatabaseException away) {
                host.process.note("cannot launch: " + away.getMessage());
                host.process.sleep(SECOND);
            }
        }
        host.up = true;
        host.process.note("is up");
        for (int client = 0; client < 2; client++)
            host.process.start("client" + client, new Clients(random.split(), this, host.process, host.programs)::run);
        Coverage.mark("DBOSRuntime.awaitShutdown()");
        try {
            host.programs.runtime().awaitShutdown();
        } catch (InterruptedException interrupt) {
            breach("the main thread of " + host.process + " was interrupted");
        }
    }

    /** From now on nothing goes wrong, and at least one executor lives. */
    private void heal() {
        nemesis.note("all faults end");
        healed = true;
        lastFault = scheduler.nanos() + 2 * faults.longestStall().toNanos();
        faults.heal();
        scheduler.lag(0, Duration.ZERO);
        boolean alone = weather == Weather.STORM && random.nextBoolean();
        for (int slot = 0; slot < hosts.length; slot++) {
            hosts[slot].process.goOn();
            if (slot == 1 && alone) hosts[slot].process.kill();
            else if (hosts[slot].isOver()) launch(slot);
        }
    }

    /** One thing more happens in good weather, where more can be promised: a deploy, or a crash. */
    private void disturb() {
        nemesis.sleep(Duration.ofNanos(lastFault - scheduler.nanos()));
        pause(Duration.ofSeconds(5));
        if (random.nextBoolean()) close(hosts[0]);
        else if (hosts[0].isServing() && hosts[1].isServing()) crash(hosts[1]);
    }

    /** The other executor takes over within the lease, but for the time that it takes to be sure. */
    private void crash(Host host) {
        host.process.kill();
        var lease = config.lease();
        scheduler.after(lease.plus(lease.dividedBy(2)).plus(SECOND), () -> auditor.gone(host.process));
        restartLater(host);
    }

    private void awaitRest() {
        long end = scheduler.nanos() + PATIENCE.toNanos();
        while (!isAtRest()) {
            if (scheduler.nanos() > end) {
                breach("I3: no rest " + PATIENCE + " after the last fault. " + unrest());
                return;
            }
            nemesis.sleep(SECOND);
            if (resumesAll) resumeAll();
        }
    }

    private boolean isAtRest() {
        for (var host : hosts) if (!host.isOver() && !host.closing && (!host.up || host.process.hasThread("client", "waiter", "janitor", "workflow-"))) return false;
        return rows().stream().allMatch(row -> row.status().isTerminal() && !(resumesAll && isResumable(row)));
    }

    private static boolean isResumable(WorkflowStatus row) {
        return row.status() == WorkflowState.CANCELLED || row.status() == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED;
    }

    private void resumeAll() {
        var stopped = rows().stream().filter(World::isResumable).map(WorkflowStatus::workflowId).toList();
        if (stopped.isEmpty()) return;
        for (var host : hosts)
            if (host.isServing() && !host.process.hasThread("janitor"))
                host.process.start("janitor", () -> stopped.forEach(host.programs.runtime()::resumeWorkflow));
    }

    private String unrest() {
        var text = new StringBuilder();
        for (var row : rows()) if (!row.status().isTerminal() || isResumable(row)) text.append("\n    ").append(row);
        for (var host : hosts)
            if (!host.isOver())
                for (var thread : host.process.threads())
                    text.append("\n    ").append(thread.getName()).append(": ").append(Arrays.toString(thread.getStackTrace()));
        return text.toString();
    }

    private void awaitEnd() {
        long end = scheduler.nanos() + PATIENCE_AFTER_CLOSE.toNanos();
        while (!Arrays.stream(hosts).allMatch(host -> host.isOver() && host.process.threads().isEmpty())) {
            if (scheduler.nanos() > end) {
                breach("threads are left after close:" + unrest());
                return;
            }
            nemesis.sleep(SECOND);
        }
    }

    private void judge() {
        auditor.lookAtAll();
        if (weather != Weather.STORM && tally.of("takeover") + tally.of("heartbeat of the dead") > 0)
            breach("I9: an executor was taken for dead, although none died: " + tally);
        for (var id : known) auditor.acknowledged(id);
        for (var row : rows())
            Model.judge(this, row, database.history(Map.of(row.workflowId(), 0), EVERYTHING).get(row.workflowId()).checkpoints());
    }

    private List<WorkflowStatus> rows() {
        return database.workflows(WorkflowFilter.all().newestFirst(false).limit(EVERYTHING));
    }

    // ---- what clients ask and say --------------------------------------------------------------------------------------

    boolean wantsCall(SimulatedProcess process) {
        return !healed && !isClosing(process) && callsLeft-- > 0;
    }

    /** Whether a fault can be the reason of what a client sees; answers that tell of one may still be under way. */
    boolean hasFaults() {
        return !healed || scheduler.nanos() < lastFault;
    }

    boolean isClosing(SimulatedProcess process) {
        return Arrays.stream(hosts).noneMatch(host -> host.process == process && !host.closing);
    }

    Duration longestPause() {
        return longestPause;
    }

    String anyKnown(SplittableRandom chance) {
        return known.isEmpty() ? null : known.stream().skip(chance.nextInt(known.size())).findFirst().orElseThrow();
    }

    int knownCount() {
        return known.size();
    }

    void acknowledged(String workflowId) {
        known.add(workflowId);
        auditor.acknowledged(workflowId);
    }

    Auditor auditor() {
        return auditor;
    }

    void requireResult(String workflowId, WorkflowState status, String output) {
        var row = database.workflow(workflowId);
        if (row.status() != status || !Objects.equals(String.valueOf(row.output()), output))
            breach("I1: a client saw " + output + " of " + workflowId + ", and on disk is " + row);
    }

    void requireEverCancelled(String workflowId) {
        if (!everCancelled(workflowId)) breach("a client saw " + workflowId + " cancelled, which it never was");
    }

    void requireEverFailed(String workflowId) {
        if (database.workflow(workflowId).status() != WorkflowState.ERROR && !everDead(workflowId))
            breach("a client saw " + workflowId + " failed, which it never did");
    }

    /** The first broken promise ends the world. */
    void breach(String what) {
        if (failure != null) return;
        failure = what;
        trace.add(scheduler.nanos(), "BREACH", what);
    }

    // ---- what the model asks -------------------------------------------------------------------------------------------

    @Override
    public WorkflowStatus workflow(String workflowId) {
        return database.workflow(workflowId);
    }

    @Override
    public boolean everCancelled(String workflowId) {
        return auditor.everCancelled(workflowId);
    }

    @Override
    public boolean everDead(String workflowId) {
        return auditor.everDead(workflowId);
    }
}
