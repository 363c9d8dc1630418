package dev.dbosj.workflow;

import java.time.Duration;

/**
 * A workflow that was started or looked up. Thread-safe, except that inside a workflow only the workflow's own thread
 * may ask for results.
 *
 * @param <R> type of the result
 */
public interface WorkflowHandle<R> {
    /** The workflow's id. */
    String workflowId();

    /**
     * Waits until the workflow has ended and returns what it returned. Inside a workflow the answer is recorded as a
     * step, so that it is the same after a recovery.
     *
     * @throws dev.dbosj.exceptions.WorkflowFailedException if it threw; the cause is what it threw
     * @throws dev.dbosj.exceptions.WorkflowCancelledException if it was cancelled
     */
    R getResult();

    /**
     * The same, waiting at most so long.
     *
     * @throws dev.dbosj.exceptions.ResultTimeoutException if the time has passed; recorded inside a workflow
     */
    R getResult(Duration timeout);

    /** Asks the database where the workflow stands. */
    WorkflowStatus getStatus();

    /**
     * Cancels the workflow and the children that have not ended, and interrupts the steps that are running; nothing
     * happens to one that has ended.
     */
    void cancel();
}
