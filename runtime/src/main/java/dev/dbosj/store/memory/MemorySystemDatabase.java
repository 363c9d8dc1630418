package dev.dbosj.store.memory;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Checkpoint;
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
import dev.dbosj.time.Time;
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
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The meaning of the SPI in maps under one lock. Nothing survives the process: for tests and simulation. The
 * machine's clock is the database's clock.
 */
public final class MemorySystemDatabase implements SystemDatabase {
    private static final int PAGE_BYTES = 1 << 20;
    private static final int READ_BYTES = 32 << 20;

    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private final WorkflowTable workflows = new WorkflowTable();
    private final DeadLetters deadLetters = new DeadLetters(workflows);
    private final Map<String, ExecutorInfo> executors = new LinkedHashMap<>();
    private final QueueTable queues = new QueueTable();
    private final Admissions admissions = new Admissions(workflows, queues);
    private final QueueStatistics statistics = new QueueStatistics(workflows, queues);
    private final Map<Long, Outcome.Applied> submissions = new HashMap<>();

    public MemorySystemDatabase(Time time) {
        this.time = time;
    }

    @Override
    public void migrate() {}

    @Override
    public Instant now() {
        return Instant.ofEpochMilli(time.now().toEpochMilli());
    }

    @Override
    public List<Outcome> apply(List<Command> batch) {
        return locked(() -> {
            var ended = new HashMap<Owner, Outcome>();
            var outcomes = new ArrayList<Outcome>(batch.size());
            for (var command : batch) {
                var outcome = ended.get(command.owner());
                if (outcome == null) outcome = apply(command);
                if (command.owner() != null && !(outcome instanceof Outcome.Applied)) ended.put(command.owner(), outcome);
                outcomes.add(outcome);
            }
            return outcomes;
        });
    }

    private Outcome apply(Command command) {
        if (command.owner() == null) return effect(command.effect(), null);
        var row = workflows.get(command.owner().workflowId());
        if (row == null) return new Outcome.Fenced(-1);
        if (row.epoch != command.owner().epoch()) return new Outcome.Fenced(row.epoch);

        var checkpoint = command.checkpoint();
        if (checkpoint != null) {
            var recorded = row.checkpoints.get(checkpoint.step());
            if (recorded != null) return recorded.records(checkpoint) ? repeated(command.effect()) : taken(row, recorded);
        }
        if (row.executorId == null) return isRepeat(command.effect(), row) ? Outcome.APPLIED : new Outcome.Fenced(row.epoch);
        if (row.status == WorkflowState.CANCELLED && !(command.effect() instanceof Effect.Release)) {
            if (checkpoint != null && command.effect() instanceof Effect.Nothing) row.checkpoints.put(checkpoint.step(), checkpoint);
            return new Outcome.Cancelled();
        }
        var outcome = effect(command.effect(), row);
        if (checkpoint != null && outcome instanceof Outcome.Applied) row.checkpoints.put(checkpoint.step(), checkpoint);
        return outcome;
    }

    /** The answer to what was carried out before. */
    private Outcome repeated(Effect effect) {
        if (!(effect instanceof Effect.Insert insert)) return Outcome.APPLIED;
        return new Outcome.Applied(insert.workflows().stream()
                .filter(workflow -> workflows.get(workflow.workflowId()).origin.uid() != workflow.uid())
                .map(NewWorkflow::workflowId)
                .toList());
    }

    private static Outcome taken(WorkflowRow row, Checkpoint recorded) {
        return new Outcome.Refused(Outcome.Reason.STEP_TAKEN,
                "step %d of workflow %s is recorded as '%s'".formatted(recorded.step(), row.origin.workflowId(), recorded.name()));
    }

    private static boolean isRepeat(Effect effect, WorkflowRow row) {
        if (effect instanceof Effect.Fail fail)
            return row.status == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED && fail.error().equals(row.error);
        return effect instanceof Effect.Finish finish
                && finish.status() == row.status
                && Objects.equals(finish.output(), row.output)
                && Objects.equals(finish.error(), row.error);
    }

    private Outcome effect(Effect effect, WorkflowRow row) {
        return switch (effect) {
            case Effect.Nothing nothing -> Outcome.APPLIED;
            case Effect.Insert insert -> insert(insert);
            case Effect.Finish finish -> finish(finish, row);
            case Effect.Release release -> release(release, row);
            case Effect.Fail fail -> fail(fail, row);
            case Effect.SetEvent event -> setEvent(event, row);
            case Effect.Send send -> send(send);
            case Effect.Receive receive -> receive(receive, row);
            case Effect.Debounce debounce -> once(debounce.nonce(), () -> admissions.putOff(debounce, now()));
            case Effect.Change change -> once(change.nonce(), () -> change(change));
            case Effect.Redrive redrive -> once(redrive.nonce(), () -> deadLetters.redrive(redrive, now()));
            case Effect.Purge purge -> once(purge.nonce(), () -> deadLetters.purge(purge));
            case Effect.Define define -> once(define.nonce(), () -> define(define));
            case Effect.Steer steer -> once(steer.nonce(), () -> steer(steer));
        };
    }

    /** Applies what comes from outside, unless it was applied before: then it is answered as it was then. */
    private Outcome once(long nonce, Supplier<Outcome> submission) {
        var answered = submissions.get(nonce);
        if (answered != null) return answered;
        var outcome = submission.get();
        if (outcome instanceof Outcome.Applied applied) submissions.put(nonce, applied);
        return outcome;
    }

    private Outcome setEvent(Effect.SetEvent event, WorkflowRow row) {
        row.events.put(event.key(), event.value());
        return Outcome.APPLIED;
    }

    private Outcome send(Effect.Send send) {
        var row = workflows.get(send.workflowId());
        if (row == null) return new Outcome.Refused(Outcome.Reason.NO_SUCH_WORKFLOW, send.workflowId());
        row.messages.putIfAbsent(send.messageId(), new WorkflowRow.Message(send.topic(), send.message()));
        return Outcome.APPLIED;
    }

    private Outcome receive(Effect.Receive receive, WorkflowRow row) {
        var message = row.messages.get(receive.messageId());
        if (message == null || message.text() == null)
            return new Outcome.Refused(Outcome.Reason.NO_SUCH_MESSAGE, receive.messageId());
        row.messages.put(receive.messageId(), new WorkflowRow.Message(message.topic(), null));
        return Outcome.APPLIED;
    }

    private Outcome insert(Effect.Insert insert) {
        var fresh = new LinkedHashMap<String, NewWorkflow>();
        var joined = new ArrayList<String>();
        for (var workflow : insert.workflows()) {
            var row = workflows.get(workflow.workflowId());
            var existing = row == null ? fresh.get(workflow.workflowId()) : row.origin;
            if (existing == null) fresh.put(workflow.workflowId(), workflow);
            else if (existing.uid() == workflow.uid()) continue;
            else if (insert.join() && existing.name().equals(workflow.name())) joined.add(workflow.workflowId());
            else return new Outcome.Refused(Outcome.Reason.ID_TAKEN,
                    "id %s is taken by a workflow named '%s'".formatted(existing.workflowId(), existing.name()));
        }
        var refused = insert.guarded() ? admissions.refusal(fresh.values()) : null;
        if (refused != null) return refused;
        for (var workflow : fresh.values()) {
            var queue = queues.get(workflow.queueName());
            workflows.insert(workflow, queue, isAlive(workflow.executorId()), now()).counted =
                    insert.guarded() && queue.bound() != null;
        }
        return new Outcome.Applied(joined);
    }

    private Outcome finish(Effect.Finish finish, WorkflowRow row) {
        row.output = finish.output();
        row.error = finish.error();
        row.executorId = null;
        row.completedAt = now();
        workflows.move(row, finish.status());
        return Outcome.APPLIED;
    }

    private Outcome release(Effect.Release release, WorkflowRow row) {
        var until = release.until();
        if (release.countAttempt()) {
            row.countAttempt();
            if (until == null) until = workflows.pauseAfter(row.attempts, now());
        }
        workflows.giveBack(row, until, now());
        return Outcome.APPLIED;
    }

    private Outcome fail(Effect.Fail fail, WorkflowRow row) {
        deadLetters.fail(fail, row, now());
        return Outcome.APPLIED;
    }

    private Outcome change(Effect.Change change) {
        for (var id : change.workflowIds())
            if (workflows.get(id) == null) return new Outcome.Refused(Outcome.Reason.NO_SUCH_WORKFLOW, id);
        var changed = new LinkedHashSet<String>();
        for (var row : workflows.families(change.workflowIds())) {
            boolean did = switch (change.amendment()) {
                case CANCEL -> cancel(row);
                case RESUME -> resume(row);
            };
            if (did) changed.add(row.origin.workflowId());
        }
        return new Outcome.Applied(List.copyOf(changed));
    }

    private boolean cancel(WorkflowRow row) {
        row.resumeRequested = false;
        if (row.status.isTerminal()) return false;
        row.completedAt = now();
        workflows.move(row, WorkflowState.CANCELLED);
        return true;
    }

    private boolean resume(WorkflowRow row) {
        boolean stopped = row.status == WorkflowState.CANCELLED || row.status == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED;
        if (!stopped) return false;
        if (row.executorId != null) row.resumeRequested = true;
        else workflows.resume(row, now());
        return true;
    }

    private Outcome define(Effect.Define define) {
        var queue = define.queue();
        boolean becomesBounded = queue.bound() != null && queues.get(queue.name()).bound() == null;
        queues.define(queue);
        if (becomesBounded)
            for (var row : workflows.all()) if (row.isOn(queue.name()) && row.waitsForItsFirstStart()) row.counted = true;
        return Outcome.APPLIED;
    }

    private Outcome steer(Effect.Steer steer) {
        return queues.steer(steer.queueName(), steer.state())
                ? Outcome.APPLIED
                : new Outcome.Refused(Outcome.Reason.NO_SUCH_QUEUE, steer.queueName());
    }

    @Override
    public Map<Owner, Owner> renew(String executorId, Collection<Owner> owners) {
        return locked(() -> {
            var renewed = new LinkedHashMap<Owner, Owner>();
            for (var owner : owners) {
                var row = workflows.get(owner.workflowId());
                if (row == null || !executorId.equals(row.executorId)) continue;
                if (row.epoch != owner.epoch() && row.epoch != owner.epoch() + 1) continue;
                row.epoch = owner.epoch() + 1;
                renewed.put(owner, row.owner());
            }
            return renewed;
        });
    }

    @Override
    public void join(ExecutorInfo executor) {
        locked(() -> executors.put(executor.executorId(), at(now(), executor, false)));
    }

    @Override
    public Tick tick(String executorId, boolean heartbeat) {
        return locked(() -> {
            boolean alive = isAlive(executorId);
            if (heartbeat && alive) executors.computeIfPresent(executorId, (id, executor) -> at(now(), executor, false));
            var cancelled = new LinkedHashSet<Owner>();
            owned(executorId, row -> row.status == WorkflowState.CANCELLED).forEach(row -> cancelled.add(row.owner()));
            var others = executors.values().stream().filter(other -> !other.executorId().equals(executorId)).toList();
            return new Tick(alive, now(), cancelled, others, queues.version());
        });
    }

    private boolean isAlive(String executorId) {
        var member = executors.get(executorId);
        return member != null && !member.gone();
    }

    private static ExecutorInfo at(Instant heartbeat, ExecutorInfo executor, boolean gone) {
        return new ExecutorInfo(
                executor.executorId(), executor.application(), executor.names(), executor.lease(), heartbeat, gone);
    }

    @Override
    public int takeOver(ExecutorInfo dead, int limit) {
        return locked(() -> {
            var member = executors.get(dead.executorId());
            if (member == null) return 0;
            boolean late = member.heartbeat().equals(dead.heartbeat()) && member.heartbeat().plus(member.lease()).isBefore(now());
            if (!late && !dead.gone() && !member.gone()) return 0;
            executors.put(dead.executorId(), at(member.heartbeat(), member, true));
            var rows = owned(dead.executorId(), row -> true).limit(limit).toList();
            for (var row : rows) {
                row.countAttempt();
                workflows.giveBack(row, workflows.pauseAfter(row.attempts, now()), now());
            }
            if (rows.size() < limit) executors.remove(dead.executorId());
            return rows.size();
        });
    }

    @Override
    public void leave(String executorId) {
        locked(() -> {
            boolean free = owned(executorId, row -> true).findAny().isEmpty();
            return free ? executors.remove(executorId) : null;
        });
    }

    @Override
    public Claim claim(ClaimRequest request) {
        return locked(() -> isAlive(request.executorId())
                ? new Claims(workflows, queues, request, now()).claim(READ_BYTES)
                : Claim.NOTHING);
    }

    @Override
    public List<Owner> owned(String executorId) {
        return locked(() -> owned(executorId, row -> true).map(WorkflowRow::owner).toList());
    }

    private Stream<WorkflowRow> owned(String executorId, Predicate<WorkflowRow> which) {
        return workflows.owned().filter(row -> row.executorId.equals(executorId)).filter(which);
    }

    @Override
    public Map<String, HistoryPage> history(Map<String, Integer> fromStep, int limit) {
        return locked(() -> {
            var pages = new LinkedHashMap<String, HistoryPage>();
            long read = 0;
            for (var from : fromStep.entrySet()) {
                boolean enough = read >= READ_BYTES;
                var page = enough ? HistoryPage.UNREAD : page(workflows.get(from.getKey()), from.getValue(), limit);
                pages.put(from.getKey(), page);
                read += page.length();
            }
            return pages;
        });
    }

    private static HistoryPage page(WorkflowRow row, int from, int limit) {
        if (row == null) return HistoryPage.NONE;
        var page = new ArrayList<Checkpoint>();
        long bytes = 0;
        for (var checkpoint : row.checkpoints.tailMap(from).values()) {
            if (page.size() == limit || bytes >= PAGE_BYTES) return new HistoryPage(page, false);
            page.add(checkpoint);
            bytes += checkpoint.length();
        }
        return new HistoryPage(page, true);
    }

    @Override
    public List<Arrival> arrivals(Collection<? extends Awaited> awaited) {
        return locked(() -> awaited.stream().map(this::arrival).filter(Objects::nonNull).toList());
    }

    private Arrival arrival(Awaited awaited) {
        var row = workflows.get(awaited.workflowId());
        if (row == null) return null;
        return switch (awaited) {
            case Awaited.Result result -> row.status.isTerminal() && !row.resumeRequested ? row.result() : null;
            case Awaited.Event event -> row.event(event.key());
            case Awaited.Message message -> row.message(message.topic());
        };
    }

    @Override
    public Map<String, String> events(String workflowId) {
        return locked(() -> {
            var row = workflows.get(workflowId);
            return row == null ? Map.of() : new TreeMap<>(row.events);
        });
    }

    @Override
    public List<WorkflowAttempt> attempts(String workflowId) {
        return locked(() -> {
            var row = workflows.get(workflowId);
            return row == null ? List.of() : List.copyOf(row.failed);
        });
    }

    @Override
    public List<WorkflowStatus> workflows(WorkflowFilter filter) {
        return locked(() -> {
            var rows = new ArrayList<>(workflows.all());
            if (filter.newestFirst()) Collections.reverse(rows);
            return rows.stream()
                    .filter(behind(filter))
                    .filter(row -> row.passes(filter))
                    .skip(filter.offset())
                    .limit(filter.limit())
                    .map(row -> row.snapshot(filter.payloads()))
                    .toList();
        });
    }

    private Predicate<WorkflowRow> behind(WorkflowFilter filter) {
        if (filter.after() == null) return row -> true;
        var last = workflows.get(filter.after());
        if (last == null) return row -> false;
        return row -> filter.newestFirst() ? row.sequence < last.sequence : row.sequence > last.sequence;
    }

    @Override
    public Map<WorkflowState, Long> workflowCounts() {
        return locked(() -> workflows.all().stream().collect(groupingBy(row -> row.status, counting())));
    }

    @Override
    public WorkflowStatus workflow(String workflowId) {
        return locked(() -> {
            var row = workflows.get(workflowId);
            return row == null ? null : row.snapshot(true);
        });
    }

    @Override
    public List<WorkflowQueue> queues() {
        return locked(() -> List.copyOf(queues.all()));
    }

    @Override
    public Map<String, QueueState> queueStates() {
        return locked(() -> new TreeMap<>(queues.states()));
    }

    @Override
    public List<QueueStats> queueStats() {
        return locked(() -> statistics.all(now()));
    }

    @Override
    public void report(String executorId, Map<String, QueueRates> rates) {
        locked(() -> {
            statistics.report(executorId, rates, now());
            return null;
        });
    }

    @Override
    public Map<String, QueueRates> rates() {
        return locked(() -> statistics.rates(now()));
    }

    @Override
    public List<ExecutorInfo> executors() {
        return locked(() -> List.copyOf(executors.values()));
    }

    @Override
    public SystemDatabaseInfo info() {
        return new SystemDatabaseInfo("memory", 0, now(), List.of());
    }

    @Override
    public Map<String, Long> unserved() {
        return locked(() -> {
            var known = new HashSet<String>();
            executors.values().forEach(executor -> known.addAll(executor.names()));
            var unserved = new TreeMap<String, Long>();
            for (var row : workflows.enqueued())
                if (!known.contains(row.origin.name())) unserved.merge(row.origin.name(), 1L, Long::sum);
            return unserved;
        });
    }

    @Override
    public void close() {}

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
