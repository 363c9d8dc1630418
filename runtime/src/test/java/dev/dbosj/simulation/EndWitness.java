package dev.dbosj.simulation;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Knows how workflows have ended and gone on, and judges what those see who wait for it. */
final class EndWitness {
    private final SystemDatabase database;
    private final Promptness promptness;
    private final Consumer<String> breach;
    private final Set<String> everCancelled = new HashSet<>();
    private final Set<String> everDead = new HashSet<>();
    private final Map<String, Instant> resumedAt = new HashMap<>();
    private final Map<String, SimulatedProcess> endedBy = new HashMap<>();

    EndWitness(SystemDatabase database, Promptness promptness, Consumer<String> breach) {
        this.database = database;
        this.promptness = promptness;
        this.breach = breach;
    }

    /** @param before null for a new one */
    void changed(WorkflowStatus before, WorkflowStatus now) {
        if (now.status() == WorkflowState.CANCELLED) everCancelled.add(now.workflowId());
        if (now.status() == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED) everDead.add(now.workflowId());
        if (before != null && isStopped(before) && !isStopped(now)) resumedAt.put(now.workflowId(), promptness.now());
    }

    private static boolean isStopped(WorkflowStatus row) {
        return switch (row.status()) {
            case CANCELLED, MAX_RECOVERY_ATTEMPTS_EXCEEDED -> true;
            case ENQUEUED, DELAYED, PENDING, SUCCESS, ERROR -> false;
        };
    }

    void ended(String workflowId, SimulatedProcess executor) {
        endedBy.put(workflowId, executor);
    }

    boolean everCancelled(String workflowId) {
        return everCancelled.contains(workflowId);
    }

    boolean everDead(String workflowId) {
        return everDead.contains(workflowId);
    }

    boolean everStopped(String workflowId) {
        return everCancelled(workflowId) || everDead(workflowId);
    }

    /** Somebody on the process begins to wait for the workflow's end. */
    Reading reading(SimulatedProcess process, String workflowId) {
        return new Reading(process, workflowId, promptness.now());
    }

    /** One wait for an end: what it has brought is so now, or was so at some time since the wait began. */
    final class Reading {
        private final SimulatedProcess process;
        private final String workflowId;
        private final Instant begin;

        private Reading(SimulatedProcess process, String workflowId, Instant begin) {
            this.process = process;
            this.workflowId = workflowId;
            this.begin = begin;
        }

        void sawSuccess() {
            requireEnd(WorkflowState.SUCCESS);
        }

        void sawFailure() {
            if (!everDead(workflowId) || !wasStopped()) requireEnd(WorkflowState.ERROR);
        }

        void sawCancelled() {
            if (!everCancelled(workflowId) || !wasStopped())
                breach.accept("I1: %s saw %s cancelled, when it was not".formatted(process, workflowId));
        }

        private boolean wasStopped() {
            var resumed = resumedAt.getOrDefault(workflowId, Instant.MIN);
            return isStopped(database.workflow(workflowId)) || !resumed.isBefore(begin);
        }

        private void requireEnd(WorkflowState status) {
            var row = database.workflow(workflowId);
            if (row.status() != status) {
                breach.accept("I1: %s saw %s as %s, and on disk is %s".formatted(process, workflowId, status, row));
                return;
            }
            // The database knows milliseconds only.
            boolean before = row.completedAt().isBefore(begin.truncatedTo(ChronoUnit.MILLIS));
            var what = process + " heard of the end of " + workflowId;
            if (before) promptness.requireAtOnce(begin, what);
            else if (endedBy.get(workflowId) == process) promptness.requireAtOnce(row.completedAt(), what);
            else promptness.requireSoon(row.completedAt(), what);
        }
    }
}
