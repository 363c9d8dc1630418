package dev.dbosj.store.jdbc;

import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;

/** What may change of a row of workflow_status, and the rules by which it does. */
public final class WorkflowRow {
    private static final int FREE_ATTEMPTS = 2;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    final long sequence;
    final String workflowId;
    final long uid;
    final String name;
    WorkflowState status;
    String executorId;
    long epoch;
    int attempts;
    int progress;
    boolean resumeRequested;
    /** Until when it is delayed; of one that is ENQUEUED since when, null for since its insert. */
    Instant wakeAt;
    Instant completedAt;
    /** Output and error are not read with the row: they are null until it finishes, and a resumed one loses them. */
    String output;
    String error;

    WorkflowRow(long sequence, String workflowId, long uid, String name) {
        this.sequence = sequence;
        this.workflowId = workflowId;
        this.uid = uid;
        this.name = name;
    }

    /** Its key in the tables. */
    public long sequence() {
        return sequence;
    }

    void finish(WorkflowState status, String output, String error, Instant now) {
        this.status = status;
        this.output = output;
        this.error = error;
        executorId = null;
        completedAt = now;
    }

    /** @return whether that changed anything */
    boolean cancel(Instant now) {
        if (resumeRequested) {
            resumeRequested = false;
            return true;
        }
        if (status.isTerminal()) return false;
        status = WorkflowState.CANCELLED;
        completedAt = now;
        return true;
    }

    /** @return whether that changed anything */
    boolean requestResume(Instant now) {
        boolean stopped = status == WorkflowState.CANCELLED || status == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED;
        if (!stopped || resumeRequested) return false;
        if (executorId == null) resume(now);
        else resumeRequested = true;
        return true;
    }

    /** Another attempt follows; what becomes of it does not depend on how often it lost its executor before. */
    void retry(Instant at, Instant now) {
        attempts = 0;
        giveBack(at, now);
    }

    /** A dead letter is to be tried again. @param at when; null for at once */
    void redrive(Instant at, Instant now) {
        resume(now);
        if (at == null) return;
        wakeAt = at;
        status = WorkflowState.DELAYED;
    }

    private void resume(Instant now) {
        resumeRequested = false;
        // Under the old epoch a late repeat of what ended it before would end it again.
        if (epoch > 0) epoch++;
        attempts = 0;
        completedAt = null;
        wakeAt = now;
        status = WorkflowState.ENQUEUED;
    }

    /** Counts an attempt; one that got ahead of the last starts the count anew. */
    void countAttempt(int checkpoints) {
        attempts = checkpoints > progress ? 1 : attempts + 1;
        progress = checkpoints;
    }

    /** From the third attempt on neighbours go first. */
    Instant pauseEnd(Instant now) {
        if (attempts <= FREE_ATTEMPTS) return null;
        long seconds = 1L << Math.min(attempts - FREE_ATTEMPTS, 10);
        return now.plusSeconds(Math.min(seconds, LONGEST_PAUSE.toSeconds()));
    }

    /** The owner is gone; the next one may claim it from its old place. */
    void giveBack(Instant until, Instant now) {
        executorId = null;
        epoch++;
        if (status == WorkflowState.PENDING) {
            wakeAt = until == null ? now : until;
            status = until == null ? WorkflowState.ENQUEUED : WorkflowState.DELAYED;
        } else if (resumeRequested) {
            resume(now);
        }
    }
}
