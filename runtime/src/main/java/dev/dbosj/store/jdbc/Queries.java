package dev.dbosj.store.jdbc;

import dev.dbosj.store.WorkflowResult;
import dev.dbosj.workflow.WorkflowQueue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is only read. */
public final class Queries {
    private static final String RESULTS = "select " + Rows.RESULT + """
              from {each} {with} {schema}workflow_status on workflow_id = wanted.value
             where status in ('SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')
            """;

    private static final String EVENTS = """
            select key, value
              from {schema}workflow_events
             where workflow_sequence = (select sequence from {schema}workflow_status where workflow_id = ?)
            """;

    private static final String QUEUES = "select name, concurrency, worker_concurrency from {schema}queues order by name";

    private static final String UNSERVED = """
            select name, count(*)
              from {schema}workflow_status
             where status = 'ENQUEUED' and name not in ({known})
             group by name
            """;

    private Queries() {}

    /** The results of those that are in a terminal state. */
    public static List<WorkflowResult> results(Session session, Collection<String> workflowIds) throws SQLException {
        return session.list(RESULTS, Rows::result, workflowIds);
    }

    /** The latest values of all events of a workflow, by key. */
    public static Map<String, String> events(Session session, String workflowId) throws SQLException {
        var events = new TreeMap<String, String>();
        session.list(EVENTS, row -> events.put(row.getString(1), row.getString(2)), workflowId);
        return events;
    }

    /** All queue definitions by name. */
    public static List<WorkflowQueue> queues(Session session) throws SQLException {
        return session.list(QUEUES, row -> new WorkflowQueue(row.getString(1), limit(row, 2), limit(row, 3)));
    }

    private static Integer limit(ResultSet row, int column) throws SQLException {
        int limit = row.getInt(column);
        return row.wasNull() ? null : limit;
    }

    /** How many ENQUEUED workflows there are of each name that no executor knows. */
    public static Map<String, Long> unserved(Session session) throws SQLException {
        var unserved = new TreeMap<String, Long>();
        session.list(UNSERVED, row -> unserved.put(row.getString(1), row.getLong(2)));
        return unserved;
    }
}
