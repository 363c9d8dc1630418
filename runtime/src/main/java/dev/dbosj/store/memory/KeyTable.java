package dev.dbosj.store.memory;

import dev.dbosj.store.NewWorkflow;
import dev.dbosj.workflow.WorkflowState;
import java.util.HashMap;
import java.util.Map;

/** Who holds which key. Guarded by the store's lock. */
final class KeyTable {
    private record Place(String queue, String scope, String key) {
        static Place of(NewWorkflow workflow) {
            return new Place(workflow.queueName(), workflow.key().scope(workflow.name()), workflow.key().value());
        }
    }

    private final Map<Place, WorkflowRow> holders = new HashMap<>();

    /** Who holds the key of a workflow that has one; null if it is free. */
    WorkflowRow holder(NewWorkflow workflow) {
        return holders.get(Place.of(workflow));
    }

    void take(WorkflowRow row) {
        if (row.origin.key() != null) holders.put(Place.of(row.origin), row);
    }

    boolean holdsKey(WorkflowRow row) {
        return row.origin.key() != null && holders.get(Place.of(row.origin)) == row;
    }

    /** A workflow has changed its state: perhaps its key is free now. */
    void follow(WorkflowRow row) {
        if (!holdsKey(row)) return;
        boolean lost = row.status.isTerminal()
                || row.origin.key().isHeldWhileDelayed() && row.status != WorkflowState.DELAYED;
        if (lost) holders.remove(Place.of(row.origin));
    }
}
