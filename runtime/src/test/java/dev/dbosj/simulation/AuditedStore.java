package dev.dbosj.simulation;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Claim;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.Tick;
import dev.dbosj.workflow.QueueRates;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.SystemDatabaseInfo;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The shared database as one process reaches it: every write is noted and checked before anything else happens. */
final class AuditedStore implements SystemDatabase {
    private final SystemDatabase database;
    private final SimulatedProcess process;
    private final Auditor auditor;
    private final Tally tally;
    private final Consumer<String> note;

    AuditedStore(
            SystemDatabase database, SimulatedProcess process, Auditor auditor, Tally tally, Consumer<String> note) {
        this.database = database;
        this.process = process;
        this.auditor = auditor;
        this.tally = tally;
        this.note = note;
    }

    @Override
    public List<Outcome> apply(List<Command> batch) {
        return apply(batch, false);
    }

    /** @param late whether this is a copy that arrives after its sender has lost its answer */
    List<Outcome> apply(List<Command> batch, boolean late) {
        refusePoison(batch);
        var before = auditor.ownersBefore(batch);
        var outcomes = database.apply(batch);
        for (int i = 0; i < batch.size(); i++) {
            note.accept(describe(batch.get(i)) + " -> " + outcomes.get(i));
            tally.count(kind(batch.get(i)) + " " + outcomes.get(i).getClass().getSimpleName());
            if (isLeftToOthers(batch.get(i), outcomes.get(i))) tally.count("start by the dead");
            if (isJoin(outcomes.get(i), batch.get(i))) tally.count("join");
        }
        auditor.applied(process, batch, outcomes, before, late);
        return outcomes;
    }

    /** As databases do with data that does not fit: the whole batch fails, and which command it was nobody says. */
    private void refusePoison(List<Command> batch) {
        if (batch.stream().noneMatch(AuditedStore::isPoison)) return;
        tally.count(batch.size() > 1 ? "poisoned batch" : "poison");
        throw new SystemDatabaseException(SystemDatabaseException.Kind.REFUSED, "poison");
    }

    private static boolean isPoison(Command command) {
        var checkpoint = command.checkpoint();
        if (checkpoint != null && checkpoint.name().equals(Op.Poison.VALUE)) return true;
        return command.effect() instanceof Effect.Insert insert
                && insert.workflows().stream().anyMatch(row -> row.input().contains(Op.Poison.VALUE));
    }

    private boolean isLeftToOthers(Command command, Outcome outcome) {
        return outcome instanceof Outcome.Applied applied
                && command.effect() instanceof Effect.Insert insert
                && insert.workflows().stream().anyMatch(row -> row.executorId() != null
                        && !applied.ids().contains(row.workflowId())
                        && database.workflow(row.workflowId()).status() == WorkflowState.ENQUEUED);
    }

    private static boolean isJoin(Outcome outcome, Command command) {
        return command.effect() instanceof Effect.Insert
                && outcome instanceof Outcome.Applied applied
                && !applied.ids().isEmpty();
    }

    private static String kind(Command command) {
        return switch (command.effect()) {
            case Effect.Nothing nothing -> "checkpoint";
            case Effect.Insert insert -> command.owner() == null ? "start" : insert.join() ? "named child" : "child";
            case Effect.Finish finish -> finish.status().name();
            case Effect.Change change -> change.amendment().name();
            case Effect.Release release -> release.countAttempt() ? "release after crash" : "release";
            case Effect.Fail fail -> fail.pause() == null ? WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED.name() : "retry";
            case Effect.Redrive redrive -> "redrive";
            case Effect.Purge purge -> "purge";
            case Effect.SetEvent event -> "event";
            case Effect.Send send -> "message";
            case Effect.Receive receive -> "receipt";
            case Effect.Debounce debounce -> "debounce";
            case Effect.Define define -> "queue";
            case Effect.Steer steer -> "queue state";
        };
    }

    private static String describe(Command command) {
        var text = new StringBuilder();
        var owner = command.owner();
        if (owner != null) text.append(owner.workflowId()).append('@').append(owner.epoch()).append(' ');
        var checkpoint = command.checkpoint();
        if (checkpoint != null) {
            text.append('#').append(checkpoint.step()).append(' ').append(checkpoint.name()).append(' ');
            if (checkpoint.childId() != null) text.append("child ").append(checkpoint.childId()).append(' ');
            text.append(outcome(checkpoint.output(), checkpoint.error())).append(' ');
        }
        switch (command.effect()) {
            case Effect.Nothing nothing -> {}
            case Effect.Insert insert -> insert.workflows().forEach(row -> text.append(describe(row)));
            case Effect.Finish finish -> text.append(finish.status()).append(' ')
                    .append(outcome(finish.output(), finish.error()));
            case Effect.Fail fail -> text.append("fail at ").append(fail.step()).append(", pause ").append(fail.pause())
                    .append(' ').append(outcome(null, fail.error()));
            default -> text.append(command.effect());
        }
        return text.toString();
    }

    private static String describe(NewWorkflow row) {
        var where = row.executorId() == null ? row.queueName() : row.executorId();
        return "insert " + row.workflowId() + " " + row.name() + " on " + where + " ";
    }

    /** Without stack traces: frames depend on the JDK and on how often a method was called by reflection. */
    private static String outcome(String output, String error) {
        if (error == null) return output;
        int frames = error.indexOf("\"stackTrace\"");
        return frames < 0 ? error : error.substring(0, frames);
    }

    @Override
    public Map<Owner, Owner> renew(String executorId, Collection<Owner> owners) {
        var renewed = database.renew(executorId, owners);
        tally.count(renewed.isEmpty() ? "renewal of nothing" : "renewal");
        note.accept("renew " + executorId + " " + renewed);
        owners.forEach(owner -> auditor.rows().look(owner.workflowId()));
        return renewed;
    }

    @Override
    public void join(ExecutorInfo executor) {
        database.join(executor);
        auditor.claims().joined();
        note.accept("join " + executor.executorId());
    }

    @Override
    public Tick tick(String executorId, boolean heartbeat) {
        var tick = database.tick(executorId, heartbeat);
        if (!tick.alive()) tally.count("heartbeat of the dead");
        if (heartbeat || !tick.alive()) note.accept("tick " + executorId + (tick.alive() ? "" : " is dead"));
        return tick;
    }

    @Override
    public int takeOver(ExecutorInfo dead, int limit) {
        int taken = database.takeOver(dead, limit);
        if (taken > 0) tally.count("takeover");
        note.accept("take over " + taken + " of " + dead.executorId());
        auditor.takenOver();
        return taken;
    }

    @Override
    public void leave(String executorId) {
        database.leave(executorId);
        note.accept("leave " + executorId);
    }

    @Override
    public Claim claim(ClaimRequest request) {
        var waiting = auditor.claims().waiting();
        var claim = database.claim(request);
        var claimed = claim.workflows();
        auditor.claims().claimed(request, waiting, claimed);
        if (!claimed.isEmpty()) tally.count("claim");
        for (var workflow : claimed)
            note.accept(request.executorId() + " claims " + workflow.owner() + " " + workflow.name());
        if (!claimed.isEmpty()) auditor.claimed(claimed);
        return claim;
    }

    @Override
    public void migrate() {
        database.migrate();
    }

    @Override
    public Instant now() {
        return database.now();
    }

    @Override
    public List<Owner> owned(String executorId) {
        return database.owned(executorId);
    }

    @Override
    public Map<String, HistoryPage> history(Map<String, Integer> fromStep, int limit) {
        return database.history(fromStep, limit);
    }

    @Override
    public List<Arrival> arrivals(Collection<? extends Awaited> awaited) {
        return database.arrivals(awaited);
    }

    @Override
    public Map<String, String> events(String workflowId) {
        return database.events(workflowId);
    }

    @Override
    public List<WorkflowStatus> workflows(WorkflowFilter filter) {
        return database.workflows(filter);
    }

    @Override
    public WorkflowStatus workflow(String workflowId) {
        return database.workflow(workflowId);
    }

    @Override
    public List<WorkflowQueue> queues() {
        return database.queues();
    }

    @Override
    public List<WorkflowAttempt> attempts(String workflowId) {
        return database.attempts(workflowId);
    }

    @Override
    public List<QueueStats> queueStats() {
        return database.queueStats();
    }

    @Override
    public Map<String, QueueState> queueStates() {
        return database.queueStates();
    }

    @Override
    public void report(String executorId, Map<String, QueueRates> rates) {
        database.report(executorId, rates);
        note.accept("report " + executorId + " " + rates);
    }

    @Override
    public Map<String, QueueRates> rates() {
        return database.rates();
    }

    @Override
    public List<ExecutorInfo> executors() {
        return database.executors();
    }

    @Override
    public Map<WorkflowState, Long> workflowCounts() {
        return database.workflowCounts();
    }

    @Override
    public SystemDatabaseInfo info() {
        return database.info();
    }

    @Override
    public Map<String, Long> unserved() {
        return database.unserved();
    }

    @Override
    public void close() {}
}
