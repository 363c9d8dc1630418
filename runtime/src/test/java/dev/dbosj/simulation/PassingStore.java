package dev.dbosj.simulation;

import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Claim;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.Command;
import dev.dbosj.store.ExecutorInfo;
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
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Hands everything on; to be broken in one place. */
class PassingStore implements SystemDatabase {
    final SystemDatabase store;

    PassingStore(SystemDatabase store) {
        this.store = store;
    }

    @Override
    public void migrate() {
        store.migrate();
    }

    @Override
    public Instant now() {
        return store.now();
    }

    @Override
    public List<Outcome> apply(List<Command> batch) {
        return store.apply(batch);
    }

    @Override
    public Map<Owner, Owner> renew(String executorId, Collection<Owner> owners) {
        return store.renew(executorId, owners);
    }

    @Override
    public void join(ExecutorInfo executor) {
        store.join(executor);
    }

    @Override
    public Tick tick(String executorId, boolean heartbeat) {
        return store.tick(executorId, heartbeat);
    }

    @Override
    public int takeOver(ExecutorInfo dead, int limit) {
        return store.takeOver(dead, limit);
    }

    @Override
    public void leave(String executorId) {
        store.leave(executorId);
    }

    @Override
    public Claim claim(ClaimRequest request) {
        return store.claim(request);
    }

    @Override
    public List<Owner> owned(String executorId) {
        return store.owned(executorId);
    }

    @Override
    public Map<String, HistoryPage> history(Map<String, Integer> fromStep, int limit) {
        return store.history(fromStep, limit);
    }

    @Override
    public List<Arrival> arrivals(Collection<? extends Awaited> awaited) {
        return store.arrivals(awaited);
    }

    @Override
    public Map<String, String> events(String workflowId) {
        return store.events(workflowId);
    }

    @Override
    public List<WorkflowStatus> workflows(WorkflowFilter filter) {
        return store.workflows(filter);
    }

    @Override
    public WorkflowStatus workflow(String workflowId) {
        return store.workflow(workflowId);
    }

    @Override
    public List<WorkflowAttempt> attempts(String workflowId) {
        return store.attempts(workflowId);
    }

    @Override
    public List<WorkflowQueue> queues() {
        return store.queues();
    }

    @Override
    public List<QueueStats> queueStats() {
        return store.queueStats();
    }

    @Override
    public Map<String, QueueState> queueStates() {
        return store.queueStates();
    }

    @Override
    public void report(String executorId, Map<String, QueueRates> rates) {
        store.report(executorId, rates);
    }

    @Override
    public Map<String, QueueRates> rates() {
        return store.rates();
    }

    @Override
    public List<ExecutorInfo> executors() {
        return store.executors();
    }

    @Override
    public Map<WorkflowState, Long> workflowCounts() {
        return store.workflowCounts();
    }

    @Override
    public SystemDatabaseInfo info() {
        return store.info();
    }

    @Override
    public Map<String, Long> unserved() {
        return store.unserved();
    }

    @Override
    public void close() {
        store.close();
    }
}
