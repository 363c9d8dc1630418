package dev.dbosj.simulation;

import ch.qos.logback.classic.Level;
import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.SimulatedRuntime;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.memory.MemorySystemDatabase;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/**
 * One simulated world: a database, two executors and sometimes a process of mere clients, which are killed, stopped,
 * closed and started anew. After a while all faults end, and then everything that was accepted must come to its end.
 */
final class World implements Model.Records {
    private static final long MAX_SWITCHES = 1_000_000;
    private static final int EVERYTHING = 100_000;
    private static final WorkflowFilter ALL = WorkflowFilter.all().newestFirst(false).limit(EVERYTHING);

    /**
     * What became of it.
     *
     * @param failure which promise was broken; null if none was
     * @param trace the last lines, if a promise was broken
     */
    record Result(
            long seed, long digest, Figures figures, Tally tally, String failure, List<String> trace) {}

    private final long seed;
    private final SplittableRandom random;
    private final Trace trace;
    private final Tally tally = new Tally();
    private final SeededScheduler scheduler;
    private final WorldClock clock;
    private final SystemDatabase database;
    private final Auditor auditor;
    private final Weather weather;
    private final Ledger ledger;
    private final Faults faults;
    private final Strangers strangers;
    private final Grapevine grapevine;
    private final DBOSConfig config;
    private final List<WorkflowQueue> queues;
    private final Script script;
    private final List<DBOSRuntime> runtimes = new ArrayList<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final Duration longestPause;
    private final boolean isShow;
    private final int preempted;
    private int callsLeft;
    private boolean healed;
    private long lastFault;
    private boolean ended;
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
        var lease = Duration.ofSeconds(random.nextInt(1, 11));
        clock = new WorldClock(scheduler, lease);
        database = breakage.apply(new MemorySystemDatabase(clock));
        weather = switch (random.nextInt(10)) {
            case 0 -> Weather.CALM;
            case 1 -> Weather.OUTAGES;
            default -> Weather.STORM;
        };
        boolean hints = random.nextInt(4) > 0;
        var pollInterval = Duration.ofMillis(random.nextInt(50, 1_500));
        var promptness = new Promptness(weather, hints, pollInterval, clock::steadyNow, this::breach);
        auditor = new Auditor(database, clock, tally, promptness, this::breach);
        ledger = new Ledger(auditor, weather, this::breach);
        faults = new Faults(random.split(), scheduler, weather, lease.multipliedBy(2));
        config = DBOSConfig.named("simulation")
                .databaseUrl("memory:")
                .shutdownHook(false)
                .exceptions(ProgramException.class)
                .lease(lease)
                .pollInterval(pollInterval)
                .shutdownGrace(Duration.ofMillis(random.nextInt(5_000)));
        strangers = new Strangers(scheduler, auditor, tally, this::breach);
        grapevine = new Grapevine(random.split(), scheduler, faults, weather, hints, tally);
        queues = List.of(queue(0), queue(1), queue(2), Errand.queue(random.split()));
        callsLeft = random.nextInt(2, random.nextInt(4) == 0 ? 80 : 20);
        longestPause = Duration.ofMillis(random.nextInt(100, 6_000));
        isShow = random.nextInt(6) == 0;
        preempted = random.nextInt(3) == 0 ? 0 : random.nextInt(300);
        if (weather == Weather.STORM && random.nextInt(3) == 0)
            scheduler.lag(random.nextInt(1, 50), Duration.ofMillis(random.nextInt(1, 1_000)));
        script = new Script(this, createProcess("nemesis", Duration.ZERO), random.split());
    }

    private WorkflowQueue queue(int level) {
        return WorkflowQueue.named(Plan.queue(level))
                .concurrency(concurrency(random))
                .workerConcurrency(random.nextInt(3) == 0 ? null : (Integer) random.nextInt(1, 4))
                .retries(retries())
                .attemptTimeout(random.nextInt(5) > 0 ? null : Duration.ofMillis(random.nextLong(1_000, 60_000)));
    }

    private RetryPolicy retries() {
        if (random.nextInt(3) > 0) return null;
        var policy = RetryPolicy.attempts(random.nextInt(1, 5)).interval(Duration.ofMillis(random.nextLong(5_000)));
        return random.nextInt(4) > 0 ? policy : policy.abortOn(ProgramException.class);
    }

    private static Integer concurrency(SplittableRandom chance) {
        return chance.nextInt(2) == 0 ? null : (Integer) chance.nextInt(1, 5);
    }

    /** A queue with another limit for all executors together. */
    WorkflowQueue redefined(SplittableRandom chance) {
        return queues.get(chance.nextInt(queues.size())).concurrency(concurrency(chance));
    }

    // ---- its course -------------------------------------------------------------------------------------------------

    Result run() {
        var log = SimulatedLog.listen(this::logged);
        try {
            script.start();
            scheduler.runUntil(() -> ended || failure != null, MAX_SWITCHES);
            if (failure == null) judge();
        } catch (SimulationFailure broken) {
            breach(broken.getMessage());
        } finally {
            log.close();
            runtimes.forEach(SimulatedRuntime::forget);
        }
        var figures = new Figures(
                1, script.executors(), rows().size(), ledger.steps(), faults.count(), scheduler.switches(),
                Duration.ofNanos(scheduler.nanos()), Duration.ZERO);
        return new Result(
                seed, trace.digest(), figures, tally, failure, failure == null ? List.of() : trace.lines());
    }

    private void logged(Level level, String message) {
        if (message.contains("was declared dead")) tally.count("rejoin");
        if (message.contains("no live executor knows that name")) tally.count("unserved");
        trace.remark(scheduler.nanos(), "log", Thread.currentThread().getName() + " " + level + " " + message);
        if (message.contains(" has died")) breach(message);
    }

    private void judge() {
        auditor.rows().examineAll();
        if (weather != Weather.STORM && tally.of("takeover") + tally.of("heartbeat of the dead") > 0)
            breach("I9: an executor was taken for dead, although none died: " + tally);
        for (var id : known) auditor.acknowledged(id);
        for (var row : rows())
            if (!row.name().equals(Programs.UNKNOWN)) Model.judge(this, row, history(row.workflowId()));
            else if (row.status() != WorkflowState.ENQUEUED && !everCancelled(row.workflowId()))
                breach("I8: nobody knows the name of " + row);
    }

    List<WorkflowStatus> rows() {
        return database.workflows(ALL);
    }

    private List<Checkpoint> history(String workflowId) {
        return database.history(Map.of(workflowId, 0), EVERYTHING).get(workflowId).checkpoints();
    }

    /** From now on nothing goes wrong. */
    void heal() {
        healed = true;
        lastFault = scheduler.nanos() + 2 * faults.longestStall().toNanos();
        faults.heal();
        strangers.heal();
        grapevine.heal();
        scheduler.lag(0, Duration.ZERO);
    }

    /** Everything is done. */
    void end() {
        ended = true;
    }

    /** The first broken promise ends the world. */
    void breach(String what) {
        if (failure != null) return;
        failure = what;
        trace.add(scheduler.nanos(), "BREACH", what);
    }

    // ---- what processes are made of ---------------------------------------------------------------------------------

    SimulatedProcess createProcess(String name, Duration skew) {
        var process = new SimulatedProcess(name, scheduler, random.split(), trace, skew, this::breach);
        process.preempt(preempted);
        return process;
    }

    DBOSRuntime createRuntime(SimulatedProcess process) {
        var runtime = SimulatedRuntime.create(config, process.seams(), storeOf(process));
        runtimes.add(runtime);
        return runtime;
    }

    DBOSClient connectClient(SimulatedProcess process) {
        return SimulatedRuntime.connect(config, process.seams(), storeOf(process));
    }

    private SystemDatabase storeOf(SimulatedProcess process) {
        var audited = new AuditedStore(database, process, auditor, tally, this::noteOfDatabase);
        return new FaultyStore(audited, process, scheduler, faults, auditor, strangers, grapevine, tally);
    }

    private void noteOfDatabase(String what) {
        trace.add(scheduler.nanos(), "db", what);
    }

    SeededScheduler scheduler() {
        return scheduler;
    }

    WorldClock clock() {
        return clock;
    }

    Faults faults() {
        return faults;
    }

    Strangers strangers() {
        return strangers;
    }

    Weather weather() {
        return weather;
    }

    DBOSConfig config() {
        return config;
    }

    /** The queues that somebody has paused or drains. */
    Set<String> heldQueues() {
        return database.queueStates().keySet();
    }

    List<WorkflowQueue> queues() {
        return queues;
    }

    Auditor auditor() {
        return auditor;
    }

    Ledger ledger() {
        return ledger;
    }

    Tally tally() {
        return tally;
    }

    // ---- what clients ask and say -----------------------------------------------------------------------------------

    boolean wantsCall(SimulatedProcess process) {
        return !healed && !isClosing(process) && callsLeft-- > 0;
    }

    boolean isHealed() {
        return healed;
    }

    /** Whether a fault can be the reason of what a client sees; answers that tell of one may still be under way. */
    boolean hasFaults() {
        return !healed || scheduler.nanos() < lastFault;
    }

    Duration untilUndisturbed() {
        return Duration.ofNanos(Math.max(0, lastFault - scheduler.nanos()));
    }

    boolean isClosing(SimulatedProcess process) {
        return script.isClosing(process);
    }

    Duration longestPause() {
        return longestPause;
    }

    String anyKnown(SplittableRandom chance) {
        return known.isEmpty() ? null : known.stream().skip(chance.nextInt(known.size())).findFirst().orElseThrow();
    }

    private List<WorkflowStatus> deadLetters() {
        return rows().stream().filter(row -> row.status() == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED).toList();
    }

    /** A dead letter, or null if there is none. */
    String anyDead(SplittableRandom chance) {
        var dead = deadLetters();
        return dead.isEmpty() ? null : dead.get(chance.nextInt(dead.size())).workflowId();
    }

    /** A dead letter with an id of its parent's making, which has ended for good; null if there is none. */
    WorkflowStatus anyForsaken(SplittableRandom chance) {
        var dead = deadLetters().stream().filter(this::isForsaken).toList();
        return dead.isEmpty() ? null : dead.get(chance.nextInt(dead.size()));
    }

    private boolean isForsaken(WorkflowStatus row) {
        if (row.parentId() == null || !row.workflowId().startsWith(row.parentId() + "-")) return false;
        var parent = workflow(row.parentId()).status();
        return parent == WorkflowState.SUCCESS || parent == WorkflowState.ERROR;
    }

    /** The number of the last step, if that can be forgotten and done again; otherwise null. */
    Integer lastRepeatableStep(String workflowId) {
        var history = history(workflowId);
        if (history.isEmpty() || !history.getLast().name().equals(Op.Form.BLOCK.stepName)) return null;
        return history.getLast().step();
    }

    /** A workflow that is under way, or that others may start at any time, or a queue. */
    String anyLockable(SplittableRandom chance) {
        return switch (chance.nextInt(6)) {
            case 0 -> Plan.job(chance.nextInt(Plan.JOBS));
            case 1 -> Plan.shared(chance.nextInt(Plan.SHARED));
            case 2 -> queues.get(chance.nextInt(queues.size())).name();
            default -> {
                var underWay = rows().stream().filter(row -> !row.status().isTerminal()).toList();
                if (underWay.isEmpty()) yield Plan.job(0);
                yield underWay.get(chance.nextInt(underWay.size())).workflowId();
            }
        };
    }

    /** Whether clients mostly watch what the newest workflows show. */
    boolean isShow() {
        return isShow;
    }

    /** One of the newest. */
    String anyNew(SplittableRandom chance) {
        return known.isEmpty() ? null : List.copyOf(known).get(Math.max(0, known.size() - 1 - chance.nextInt(2)));
    }

    int knownCount() {
        return known.size();
    }

    void acknowledged(String workflowId) {
        known.add(workflowId);
        auditor.acknowledged(workflowId);
    }

    void requirePriority(String workflowId, int expected) {
        int priority = priorityOf(workflowId);
        if (priority != expected) breach("order: " + workflowId + " got priority " + priority + ", not " + expected);
    }

    void requireOutput(String workflowId, String output) {
        var row = database.workflow(workflowId);
        if (!Objects.equals(String.valueOf(row.output()), output))
            breach("I1: a client saw " + output + " of " + workflowId + ", and on disk is " + row);
    }

    // ---- what the model asks ----------------------------------------------------------------------------------------

    @Override
    public WorkflowStatus workflow(String workflowId) {
        var row = database.workflow(workflowId);
        return row == null ? auditor.rows().purged(workflowId) : row;
    }

    @Override
    public boolean everCancelled(String workflowId) {
        return auditor.ends().everCancelled(workflowId);
    }

    @Override
    public boolean everDead(String workflowId) {
        return auditor.ends().everDead(workflowId);
    }

    @Override
    public int priorityOf(String workflowId) {
        return auditor.claims().priorityOf(workflowId);
    }

    @Override
    public List<String> valuesOf(String workflowId, Op.Key key) {
        return auditor.events().values(workflowId, key.name());
    }
}
