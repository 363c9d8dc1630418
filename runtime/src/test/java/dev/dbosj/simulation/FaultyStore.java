package dev.dbosj.simulation;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Claim;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.Command;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.Hint;
import dev.dbosj.store.HintLine;
import dev.dbosj.store.HistoryPage;
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
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One process's connection to the shared database. Each call is a message: it can be refused, be lost on the way there
 * or back, arrive late, and be carried out although its sender was killed meanwhile.
 */
final class FaultyStore implements SystemDatabase {
    private final AuditedStore database;
    private final SimulatedProcess process;
    private final SeededScheduler scheduler;
    private final Faults faults;
    private final Auditor auditor;
    private final Strangers strangers;
    private final Grapevine grapevine;
    private final Tally tally;
    private boolean closed;

    FaultyStore(
            AuditedStore database,
            SimulatedProcess process,
            SeededScheduler scheduler,
            Faults faults,
            Auditor auditor,
            Strangers strangers,
            Grapevine grapevine,
            Tally tally) {
        this.database = database;
        this.process = process;
        this.scheduler = scheduler;
        this.faults = faults;
        this.auditor = auditor;
        this.strangers = strangers;
        this.grapevine = grapevine;
        this.tally = tally;
    }

    private <T> T write(String what, Supplier<T> call) {
        return write(what, call, call);
    }

    /** @param lateCall the same call, when it arrives after its sender has gone on */
    private <T> T write(String what, Supplier<T> call, Supplier<T> lateCall) {
        requireOpen(what);
        var fate = faults.ofWrite(process);
        if (fate != Faults.Fate.DELIVERED) {
            process.note(what + " will be " + fate);
            tally.count(what + " " + fate);
        }
        return switch (fate) {
            case DELIVERED -> delivered(call);
            case REFUSED -> throw failure(Kind.UNAVAILABLE, what);
            case LOST -> throw failure(Kind.UNKNOWN_OUTCOME, what);
            case ANSWER_LOST -> {
                delivered(call);
                throw failure(Kind.UNKNOWN_OUTCOME, what);
            }
            case LATE -> {
                scheduler.after(faults.stall(), new Message<>(lateCall));
                throw failure(Kind.UNKNOWN_OUTCOME, what);
            }
        };
    }

    private <T> T read(String what, Supplier<T> call) {
        requireOpen(what);
        if (faults.ofRead(process) == Faults.Fate.DELIVERED) return delivered(call);
        process.note(what + " will be refused");
        throw failure(Kind.UNAVAILABLE, what);
    }

    private void requireOpen(String what) {
        if (closed) throw new SystemDatabaseException(Kind.UNUSABLE, what + ": the store is closed");
    }

    private SystemDatabaseException failure(Kind kind, String what) {
        process.sleep(faults.delay());
        return new SystemDatabaseException(kind, what + " failed: " + kind);
    }

    private SystemDatabaseException contended(String what) {
        process.note("strangers hold up: " + what);
        process.sleep(Strangers.LOCK_TIMEOUT);
        return failure(Kind.CONTENDED, what);
    }

    private <T> T delivered(Supplier<T> call) {
        var answer = carriedOut(call, faults.delay());
        process.sleep(faults.delay());
        return answer;
    }

    private <T> T carriedOut(Supplier<T> call, Duration later) {
        if (later.isZero()) return call.get();
        var message = new Message<>(call);
        scheduler.after(later, message);
        process.sleep(later);
        return message.answer();
    }

    private static final class Message<T> implements Runnable {
        private final Supplier<T> call;
        private T answer;
        private RuntimeException bug;

        Message(Supplier<T> call) {
            this.call = call;
        }

        @Override
        public void run() {
            try {
                answer = call.get();
            } catch (RuntimeException thrown) {
                bug = thrown;
            }
        }

        T answer() {
            if (bug != null) throw bug;
            return answer;
        }
    }

    @Override
    public void migrate() {
        write("migrate", () -> {
            database.migrate();
            return null;
        });
    }

    @Override
    public Instant now() {
        return read("now", database::now);
    }

    @Override
    public List<Outcome> apply(List<Command> batch) {
        requireOpen("apply");
        if (strangers.block(batch)) throw contended("apply");
        try {
            return write("apply", () -> database.apply(batch), () -> database.apply(batch, true));
        } catch (SystemDatabaseException failure) {
            if (failure.kind() == Kind.UNKNOWN_OUTCOME) auditor.loses(batch);
            throw failure;
        }
    }

    @Override
    public Map<Owner, Owner> renew(String executorId, Collection<Owner> owners) {
        requireOpen("renew");
        var copy = List.copyOf(owners);
        if (strangers.blockRenewal(copy)) throw contended("renew");
        return write("renew", () -> database.renew(executorId, copy));
    }

    @Override
    public void join(ExecutorInfo executor) {
        auditor.joins(process, executor.executorId());
        write("join", () -> {
            database.join(executor);
            return null;
        });
    }

    @Override
    public Tick tick(String executorId, boolean heartbeat) {
        if (faults.isDeaf(process)) throw failure(Kind.UNAVAILABLE, "tick");
        var tick = write("tick", () -> database.tick(executorId, heartbeat));
        auditor.learnsOfCancelled(process, tick.cancelled());
        return tick;
    }

    @Override
    public int takeOver(ExecutorInfo dead, int limit) {
        return write("takeOver", () -> database.takeOver(dead, limit));
    }

    @Override
    public void leave(String executorId) {
        write("leave", () -> {
            database.leave(executorId);
            return null;
        });
    }

    @Override
    public Claim claim(ClaimRequest request) {
        return write("claim", () -> database.claim(request));
    }

    @Override
    public List<Owner> owned(String executorId) {
        return read("owned", () -> database.owned(executorId));
    }

    @Override
    public Map<String, HistoryPage> history(Map<String, Integer> fromStep, int limit) {
        return read("history", () -> database.history(fromStep, limit));
    }

    @Override
    public List<Arrival> arrivals(Collection<? extends Awaited> awaited) {
        var copy = List.copyOf(awaited);
        return read("arrivals", () -> database.arrivals(copy));
    }

    @Override
    public Map<String, String> events(String workflowId) {
        return read("events", () -> database.events(workflowId));
    }

    @Override
    public List<WorkflowStatus> workflows(WorkflowFilter filter) {
        return read("workflows", () -> database.workflows(filter));
    }

    @Override
    public WorkflowStatus workflow(String workflowId) {
        return read("workflow", () -> database.workflow(workflowId));
    }

    @Override
    public List<WorkflowQueue> queues() {
        return read("queues", database::queues);
    }

    @Override
    public List<WorkflowAttempt> attempts(String workflowId) {
        return read("attempts", () -> database.attempts(workflowId));
    }

    @Override
    public List<QueueStats> queueStats() {
        return read("queueStats", database::queueStats);
    }

    @Override
    public Map<String, QueueState> queueStates() {
        return read("queueStates", database::queueStates);
    }

    @Override
    public void report(String executorId, Map<String, QueueRates> rates) {
        write("report", () -> {
            database.report(executorId, rates);
            return null;
        });
    }

    @Override
    public Map<String, QueueRates> rates() {
        return read("rates", database::rates);
    }

    @Override
    public List<ExecutorInfo> executors() {
        return read("executors", database::executors);
    }

    @Override
    public Map<WorkflowState, Long> workflowCounts() {
        return read("workflowCounts", database::workflowCounts);
    }

    @Override
    public SystemDatabaseInfo info() {
        return read("info", database::info);
    }

    @Override
    public Map<String, Long> unserved() {
        return read("unserved", database::unserved);
    }

    @Override
    public void announce(Set<Hint> hints) {
        requireOpen("announce");
        grapevine.announce(process, hints);
    }

    @Override
    public HintLine listen() {
        return grapevine.lineOf(process);
    }

    @Override
    public void close() {
        closed = true;
    }
}
