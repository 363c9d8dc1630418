package dev.dbosj.store.jdbc;

import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A filter as a statement. Only fixed text becomes part of it; all that a user gave is bound. */
public final class WorkflowListing {
    private static final String COLUMNS = """
            select workflow_id, status, name, queue_name, executor_id, owner_epoch, attempts, parent_id,
                   created_at, started_at, completed_at, priority, partition_key,
                   case when status = 'DELAYED' then wake_at end,
            """;

    // Those that have succeeded are nearly all there are after a while, and are counted without a look at their rows.
    private static final String COUNTS = """
            with others (status, workflows) as (
                select 'ENQUEUED', count(*) from {ready}
                 union all
                select 'DELAYED', count(*) from {delayed}
                 union all
                select 'PENDING', count(*) from {running}
                 union all
                select status, count(*) from {stopped} group by status)
            select status, workflows from others
             union all
            select 'SUCCESS', (select count(*) from {schema}workflow_status) - sum(workflows) from others
            """;

    private static final String PLACE = " (select sequence from {schema}workflow_status where workflow_id = ?)";
    private static final String PAYLOADS = " input, output, error";
    private static final String NO_PAYLOADS = " null, null, null";

    /** No id is longer, and no character sorts later: the end of whatever begins with a prefix. */
    private static final String LAST = Character.toString(Character.MAX_CODE_POINT).repeat(255);

    private final List<String> conditions = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();
    private final WorkflowFilter filter;

    private WorkflowListing(WorkflowFilter filter) {
        this.filter = filter;
        if (!filter.states().isEmpty()) whereStates();
        whereOneOf("name", filter.names());
        whereOneOf("queue_name", filter.queueNames());
        where("parent_id = ?", filter.parentId());
        where("{by_owner}", filter.executorId());
        where("partition_key = ?", filter.partitionKey());
        if (filter.idPrefix() != null)
            where("workflow_id between ? and ?", filter.idPrefix(), filter.idPrefix() + LAST);
        where("created_at >= ?", Rows.millis(filter.createdFrom()));
        where("created_at < ?", Rows.millis(filter.createdUntil()));
        where("completed_at >= ?", Rows.millis(filter.completedFrom()));
        where("completed_at < ?", Rows.millis(filter.completedUntil()));
        where("sequence " + (filter.newestFirst() ? "<" : ">") + PLACE, filter.after());
    }

    /** The workflows that pass the filter. */
    public static List<WorkflowStatus> list(Session session, WorkflowFilter filter) throws SQLException {
        var listing = new WorkflowListing(filter);
        return session.listOnce(listing.sql(session.dialect()), Rows::status, listing.values.toArray());
    }

    /** One workflow, or null. */
    public static WorkflowStatus get(Session session, String workflowId) throws SQLException {
        return session.first(
                COLUMNS + PAYLOADS + " from {schema}workflow_status where workflow_id = ?", Rows::status, workflowId);
    }

    /** The workflows of each state. */
    public static Map<WorkflowState, Long> count(Session session) throws SQLException {
        var counts = new EnumMap<WorkflowState, Long>(WorkflowState.class);
        session.list(COUNTS, row -> counts.put(Rows.state(row, 1), row.getLong(2)));
        return counts;
    }

    private void where(String condition, Object bound) {
        if (bound != null) where(condition, new Object[] {bound});
    }

    private void where(String condition, Object... bound) {
        conditions.add(condition);
        values.addAll(List.of(bound));
    }

    private void whereOneOf(String column, List<String> wanted) {
        if (wanted.isEmpty()) return;
        where(column + " in (" + String.join(", ", Collections.nCopies(wanted.size(), "?")) + ")", wanted.toArray());
    }

    // Names of an enum are no user's text; as literals they let the partial indexes be used.
    private void whereStates() {
        conditions.add(filter.states().stream()
                .map(state -> "'" + state + "'")
                .collect(Collectors.joining(", ", "status in (", ")")));
    }

    private String sql(Dialect dialect) {
        values.add(filter.limit());
        values.add(filter.offset());
        return COLUMNS + (filter.payloads() ? PAYLOADS : NO_PAYLOADS)
                + " from " + dialect.among(filter.states(), filter.newestFirst())
                + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
                + " order by sequence " + (filter.newestFirst() ? "desc" : "asc")
                + " limit ? offset ?";
    }
}
