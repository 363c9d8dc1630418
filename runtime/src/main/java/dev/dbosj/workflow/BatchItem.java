package dev.dbosj.workflow;

/**
 * What one workflow has put into a batch, and where the body says what came of it. Each item is reported once, by
 * {@link #complete} or {@link #fail}; its workflow goes on at once, but the last one, which waits until the body has
 * returned. Thread-safe: a body may work on its items in threads of its own, as long as it waits for them.
 *
 * @param <A> type of what is put in
 * @param <R> type of what comes out
 */
public interface BatchItem<A, R> {
    /** What the workflow has put in. */
    A value();

    /** The id of the workflow; null in a plain call outside of a workflow. */
    String workflowId();

    /**
     * A key that is the same at every attempt of this workflow's step and unlike that of any other step; for idempotent
     * calls outside. Null in a plain call outside of a workflow.
     */
    String stepKey();

    /** Which attempt of this workflow's step it is, from 1. It counts anew after a recovery. */
    int attempt();

    /**
     * The step of this workflow returns the value.
     *
     * @throws IllegalStateException if the item was reported before, or the body has returned
     */
    void complete(R value);

    /**
     * The step of this workflow throws the exception, and the others of the batch do not. It is tried again if its step
     * has attempts left.
     *
     * @throws IllegalStateException if the item was reported before, or the body has returned
     */
    void fail(Exception failure);
}
