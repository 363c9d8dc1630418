package dev.dbosj.store;

import java.util.List;

/** What became of a command. */
public sealed interface Outcome {
    /** Applied, nothing to say. */
    Applied APPLIED = new Applied(List.of());

    /**
     * It is on disk.
     *
     * @param ids for an {@link Effect.Insert} the ids that existed before and were joined, in a repeat as well; for an
     *     {@link Effect.Change}, {@link Effect.Redrive} or {@link Effect.Purge} the ids whose row was changed
     */
    record Applied(List<String> ids) implements Outcome {}

    /** The run lost its lease: somebody else owns, or has ended, the workflow. Nothing was written. */
    record Fenced(long currentEpoch) implements Outcome {}

    /** The workflow was cancelled. A checkpoint without effect was recorded all the same; anything else was not. */
    record Cancelled() implements Outcome {}

    /** It cannot be; nothing was written. */
    record Refused(Reason reason, String detail) implements Outcome {}

    /** Why a command was refused. */
    enum Reason {
        /** The workflow id to insert is taken; the detail says by what. */
        ID_TAKEN,
        /** There is no workflow of the id given in the detail. */
        NO_SUCH_WORKFLOW,
        /** The workflow of the id given in the detail has not ended, or somebody may still run it. */
        STILL_ACTIVE,
        /** There is no queue of the name given in the detail. */
        NO_SUCH_QUEUE,
        /** There is no message of the id given in the detail that was not received. */
        NO_SUCH_MESSAGE,
        /** The queue is full; the detail says how many wait. */
        QUEUE_FULL,
        /** The key is held by the workflow whose id is the detail. */
        KEY_HELD,
        /** The workflow given in the detail cannot be put off any more. */
        TOO_LATE,
        /** The same step number holds another record. */
        STEP_TAKEN,
        /** The database cannot store the data. */
        BAD_DATA
    }
}
