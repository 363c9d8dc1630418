package dev.dbosj.examples.ingestion;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which documents of the run have ended, by workflow id: what this process did is told at once, what others did (now or
 * in an earlier run) is learnt from a listing now and then. Thread-safe.
 */
final class Progress {
    private static final int UNKNOWN = -1;

    /** What a progress line says. The total is -1 as long as nobody knows it. */
    record Snapshot(int done, int total, int failed, int doneAtStart) {
        boolean isTotalKnown() {
            return total != UNKNOWN;
        }
    }

    private final Set<String> succeeded = ConcurrentHashMap.newKeySet();
    private final Set<String> succeededHere = ConcurrentHashMap.newKeySet();
    private final Set<String> failed = ConcurrentHashMap.newKeySet();
    private volatile Set<String> succeededBefore = Set.of();
    private volatile int doneAtStart;
    private volatile int total = UNKNOWN;

    /** The run has so many documents. A listing that comes while they are being enqueued shows fewer. */
    synchronized void total(int documents) {
        total = Math.max(total, documents);
    }

    void succeededHere(String workflowId) {
        succeededHere.add(workflowId);
        succeeded.add(workflowId);
    }

    void failed(String workflowId) {
        failed.add(workflowId);
    }

    /** What the first listing shows had ended before, but for what this process has done meanwhile. */
    void foundAtStart(List<WorkflowStatus> documents) {
        succeededBefore = succeededAmong(documents);
        found(documents);
        doneAtStart = resumed() + failed.size();
    }

    void found(List<WorkflowStatus> documents) {
        if (!documents.isEmpty()) total(documents.size());
        succeeded.addAll(succeededAmong(documents));
        documents.stream()
                .filter(document -> document.status().isTerminal() && document.status() != WorkflowState.SUCCESS)
                .map(WorkflowStatus::workflowId)
                .forEach(failed::add);
    }

    private static Set<String> succeededAmong(List<WorkflowStatus> documents) {
        return documents.stream()
                .filter(document -> document.status() == WorkflowState.SUCCESS)
                .map(WorkflowStatus::workflowId)
                .collect(toUnmodifiableSet());
    }

    /** How many documents had been finished when this run began. */
    int resumed() {
        return (int) succeededBefore.stream().filter(id -> !succeededHere.contains(id)).count();
    }

    /** How many documents this process has finished. */
    int here() {
        return succeededHere.size();
    }

    Snapshot snapshot() {
        return new Snapshot(succeeded.size() + failed.size(), total, failed.size(), doneAtStart);
    }
}
