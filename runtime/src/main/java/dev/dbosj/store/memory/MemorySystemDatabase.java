package dev.dbosj.store.memory;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Claim;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.Command;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.HistoryPage;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;

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
    private final ExecutorTable executors = new ExecutorTable(workflows);
    private final QueueTable queues = new QueueTable();
    private final QueueStatistics statistics = new QueueStatistics(workflows, queues);
    private final Submissions submissions = new Submissions();

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
        return locked(() -> new BatchWriter(workflows, queues, executors, submissions, now()).apply(batch));
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
        locked(() -> {
            executors.join(executor, now());
            return null;
        });
    }

    @Override
    public Tick tick(String executorId, boolean heartbeat) {
        return locked(() -> executors.tick(executorId, heartbeat, now(), queues.version()));
    }

    @Override
    public int takeOver(ExecutorInfo dead, int limit) {
        return locked(() -> executors.takeOver(dead, limit, now()));
    }

    @Override
    public void leave(String executorId) {
        locked(() -> {
            executors.leave(executorId);
            return null;
        });
    }

    @Override
    public List<Owner> owned(String executorId) {
        return locked(() -> executors.owned(executorId).map(WorkflowRow::owner).toList());
    }

    @Override
    public Claim claim(ClaimRequest request) {
        return locked(() -> executors.isAlive(request.executorId())
                ? new Claims(workflows, queues, request, now()).claim(READ_BYTES)
                : Claim.NOTHING);
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
        return locked(executors::all);
    }

    @Override
    public SystemDatabaseInfo info() {
        return new SystemDatabaseInfo("memory", 0, now(), List.of());
    }

    @Override
    public Map<String, Long> unserved() {
        return locked(() -> {
            var known = executors.names();
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
