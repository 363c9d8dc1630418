package dev.dbosj;

import dev.dbosj.run.Starts;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Cancels and resumes all workflows that a filter lets through, page by page. */
final class BulkChanges {
    private static final int CHANGES_AT_ONCE = 100;
    private static final Set<WorkflowState> RESUMABLE =
            EnumSet.of(WorkflowState.CANCELLED, WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);
    private static final Set<WorkflowState> CANCELLABLE =
            EnumSet.of(WorkflowState.ENQUEUED, WorkflowState.DELAYED, WorkflowState.PENDING);

    private final Lookups lookups;
    private final Starts starts;

    BulkChanges(Lookups lookups, Starts starts) {
        this.lookups = lookups;
        this.starts = starts;
    }

    List<String> cancel(WorkflowFilter filter) {
        return change(filter, CANCELLABLE, starts::cancel);
    }

    List<String> resume(WorkflowFilter filter) {
        return change(filter, RESUMABLE, starts::resume);
    }

    private List<String> change(
            WorkflowFilter filter, Set<WorkflowState> which, Function<List<String>, List<String>> change) {
        var states = which.stream()
                .filter(state -> filter.states().isEmpty() || filter.states().contains(state))
                .toList();
        if (states.isEmpty()) return List.of();
        var changed = new LinkedHashSet<String>();
        int left = filter.limit();
        var page = filter.states(states).payloads(false);
        while (left > 0) {
            var ids = lookups.workflows(page.limit(Math.min(left, CHANGES_AT_ONCE))).stream()
                    .map(WorkflowStatus::workflowId)
                    .toList();
            if (ids.isEmpty()) break;
            changed.addAll(change.apply(ids));
            left -= ids.size();
            page = page.after(ids.getLast()).offset(0);
        }
        return List.copyOf(changed);
    }
}
