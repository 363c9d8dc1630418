package dev.dbosj.wait;

import dev.dbosj.store.WorkflowResult;
import dev.dbosj.time.Bell;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Somebody's wait for results; to be closed when over. */
public final class Awaiting implements AutoCloseable {
    private final Waiter waiter;
    private final Set<String> workflowIds;
    private final Bell bell;
    private final Map<String, WorkflowResult> results = new ConcurrentHashMap<>();

    Awaiting(Waiter waiter, Set<String> workflowIds, Bell bell) {
        this.waiter = waiter;
        this.workflowIds = workflowIds;
        this.bell = bell;
    }

    Set<String> workflowIds() {
        return workflowIds;
    }

    void arrived(WorkflowResult result) {
        results.put(result.workflowId(), result);
        bell.ring();
    }

    void ring() {
        bell.ring();
    }

    /** Whether this wait is for that workflow, among others. */
    public boolean covers(String workflowId) {
        return workflowIds.contains(workflowId);
    }

    /** The result if it has come, otherwise null. */
    public WorkflowResult result(String workflowId) {
        return results.get(workflowId);
    }

    @Override
    public void close() {
        waiter.forget(this);
    }
}
