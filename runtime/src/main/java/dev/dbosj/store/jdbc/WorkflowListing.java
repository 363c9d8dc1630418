package dev.dbosj.store.jdbc;

import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A filter as a statement. Only fixed text becomes part of it; all that a user gave is bound. */
public final class WorkflowListing {
    private static final String COLUMNS = """
            select workflow_id, status, name, queue_name, executor_id, owner_epoch, attempts, parent_id,
                   created_at, started_at, completed_at,
            """;
    private static final String PAYLOADS = " input, output, error";
    private static final String NO_PAYLOADS = " null, null, null";

    /** No id is longer, and no character sorts later: the end of whatever begins with a prefix. */
    private static final String LAST = Character.toString(Character.MAX_CODE_POINT).repeat(255);

    private final List<String> conditions = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();
    private final WorkflowFilter filter;

    private WorkflowListing(WorkflowFilter filter) {
        this.filter = filter;
        if (!filter.states().isEmpty()) where(states());
        if (!filter.states().isEmpty() && filter.states().stream().noneMatch(WorkflowState::isTerminal))
            where("{unfinished}");
        if (filter.states().equals(List.of(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED))) where("{only dead}");
        if (filter.name() != null) where("name = ?", filter.name());
        if (filter.queueName() != null) where("queue_name = ?", filter.queueName());
        if (filter.parentId() != null) where("parent_id = ?", filter.parentId());
        if (filter.idPrefix() != null)
            where("workflow_id between ? and ?", filter.idPrefix(), filter.idPrefix() + LAST);
    }

    /** The workflows that pass the filter. */
    public static List<WorkflowStatus> list(Session session, WorkflowFilter filter) throws SQLException {
        var listing = new WorkflowListing(filter);
        return session.listOnce(listing.sql(), Rows::status, listing.values.toArray());
    }

    /** One workflow, or null. */
    public static WorkflowStatus get(Session session, String workflowId) throws SQLException {
        return session.first(
                COLUMNS + PAYLOADS + " from {schema}workflow_status where workflow_id = ?", Rows::status, workflowId);
    }

    private void where(String condition, Object... bound) {
        conditions.add(condition);
        values.addAll(List.of(bound));
    }

    // Names of an enum are no user's text; as literals they let the partial indexes be used.
    private String states() {
        return filter.states().stream()
                .map(state -> "'" + state + "'")
                .collect(Collectors.joining(", ", "status in (", ")"));
    }

    private String sql() {
        values.add(filter.limit());
        values.add(filter.offset());
        return COLUMNS + (filter.payloads() ? PAYLOADS : NO_PAYLOADS)
                + " from {schema}workflow_status"
                + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
                + " order by sequence " + (filter.newestFirst() ? "desc" : "asc")
                + " limit ? offset ?";
    }
}
