package dev.dbosj;

import dev.dbosj.exceptions.NoSuchWorkflowException;
import dev.dbosj.run.Collaborators;
import dev.dbosj.run.CurrentWorkflow;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.workflow.ExecutorStatus;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.SystemDatabaseInfo;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What a client reads in the system database, refused where a workflow would not record the answer. */
final class Lookups {
    private static final int STEPS_PER_PAGE = 1000;

    private final Collaborators with;

    Lookups(Collaborators with) {
        this.with = with;
    }

    WorkflowStatus workflow(String workflowId) {
        WorkflowOptions.requireName("workflow id", workflowId);
        var status = read("getWorkflow", database -> database.workflow(workflowId));
        if (status == null) throw new NoSuchWorkflowException("there is no workflow " + workflowId);
        return status;
    }

    List<WorkflowStatus> workflows(WorkflowFilter filter) {
        var page = read("listWorkflows", database -> database.workflows(filter));
        if (page.isEmpty() && filter.after() != null) workflow(filter.after());
        return page;
    }

    Map<WorkflowState, Long> counts() {
        var counts = new EnumMap<WorkflowState, Long>(WorkflowState.class);
        for (var state : WorkflowState.values()) counts.put(state, 0L);
        counts.putAll(read("countWorkflows", SystemDatabase::workflowCounts));
        return counts;
    }

    List<StepInfo> steps(String workflowId) {
        workflow(workflowId);
        var steps = new ArrayList<StepInfo>();
        int from = 0;
        while (true) {
            var wanted = Map.of(workflowId, from);
            var pages = read("listWorkflowSteps", database -> database.history(wanted, STEPS_PER_PAGE));
            var page = pages.get(workflowId);
            for (var checkpoint : page.checkpoints()) steps.add(info(checkpoint));
            if (page.last()) return steps;
            from = page.checkpoints().getLast().step() + 1;
        }
    }

    private static StepInfo info(Checkpoint checkpoint) {
        return new StepInfo(
                checkpoint.step(), checkpoint.name(), checkpoint.output(), checkpoint.error(), checkpoint.childId(),
                checkpoint.startedAt(), checkpoint.completedAt());
    }

    List<WorkflowAttempt> attempts(String workflowId) {
        workflow(workflowId);
        return read("listWorkflowAttempts", database -> database.attempts(workflowId));
    }

    Map<String, String> events(String workflowId) {
        WorkflowOptions.requireName("workflow id", workflowId);
        return read("getEvents", database -> database.events(workflowId));
    }

    List<WorkflowQueue> queues() {
        return read("listQueues", SystemDatabase::queues);
    }

    List<QueueStats> queueStats() {
        return read("queueStats", SystemDatabase::queueStats);
    }

    List<ExecutorStatus> executors() {
        return read("listExecutors", database -> {
            var now = database.now();
            return database.executors().stream()
                    .map(one -> status(one, now, database.owned(one.executorId()).size()))
                    .toList();
        });
    }

    private static ExecutorStatus status(ExecutorInfo executor, Instant now, int owned) {
        boolean late = executor.heartbeat().plus(executor.lease()).isBefore(now);
        return new ExecutorStatus(
                executor.executorId(), executor.application(), executor.names(), executor.lease(),
                executor.heartbeat(), !executor.gone() && !late, owned);
    }

    Map<String, Long> unserved() {
        return read("unservedWorkflows", SystemDatabase::unserved);
    }

    SystemDatabaseInfo database() {
        return read("databaseInfo", SystemDatabase::info);
    }

    private <T> T read(String call, Function<SystemDatabase, T> query) {
        CurrentWorkflow.refuseOutsideSteps(call);
        return with.seams().threads().callDatabase(() -> query.apply(with.database()));
    }
}
