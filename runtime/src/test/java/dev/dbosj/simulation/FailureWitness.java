package dev.dbosj.simulation;

import dev.dbosj.store.Effect;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.workflow.WorkflowQueue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Counts the failed attempts of workflows, and judges whether there may be another one. */
final class FailureWitness {
    private final SystemDatabase database;
    private final Consumer<String> breach;
    /** How many attempts have failed since the workflow was a dead letter. */
    private final Map<String, Integer> failures = new HashMap<>();
    private final Map<String, Integer> failuresInAll = new HashMap<>();
    /** The step that is forgotten when a dead letter goes on. */
    private final Map<String, Integer> undoings = new HashMap<>();
    private final Set<String> everFailed = new HashSet<>();

    FailureWitness(SystemDatabase database, Consumer<String> breach) {
        this.database = database;
        this.breach = breach;
    }

    /** An attempt of the workflow has failed. */
    void failed(String workflowId, Effect.Fail fail) {
        everFailed.add(workflowId);
        int attempt = failures.merge(workflowId, 1, Integer::sum);
        int number = failuresInAll.merge(workflowId, 1, Integer::sum);
        var kept = database.attempts(workflowId).getLast();
        if (kept.attempt() != attempt || kept.number() != number || kept.dead() != (fail.pause() == null))
            breach.accept("S7: attempt %s, number %s, of %s has failed, and kept is %s".formatted(attempt, number, workflowId, kept));
        if (fail.pause() != null) {
            requireWorthAnother(workflowId, attempt);
            return;
        }
        failures.remove(workflowId);
        if (fail.step() == null) undoings.remove(workflowId);
        else undoings.put(workflowId, fail.step());
    }

    private void requireWorthAnother(String workflowId, int attempt) {
        var queueName = database.workflow(workflowId).queueName();
        var policy = database.queues().stream()
                .filter(queue -> queue.name().equals(queueName))
                .map(WorkflowQueue::retries)
                .findFirst()
                .orElse(null);
        if (policy == null || attempt >= policy.maxAttempts())
            breach.accept("S7: attempt %s of %s has failed and is not the last, by the policy %s".formatted(attempt, workflowId, policy));
    }

    /** The step that a dead letter forgets when it goes on; null for none. */
    Integer undoing(String workflowId) {
        return undoings.get(workflowId);
    }

    boolean everFailed(String workflowId) {
        return everFailed.contains(workflowId);
    }
}
