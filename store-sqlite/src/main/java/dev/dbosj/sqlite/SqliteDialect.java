package dev.dbosj.sqlite;

import dev.dbosj.store.jdbc.Dialect;
import java.util.Collection;

/** The words of SQLite: a collection is bound as a JSON array, and one connection at a time writes. */
final class SqliteDialect implements Dialect {
    private static final String SEQUENCES = """
            with recursive next (sequence, more) as (
                select coalesce(max(sequence), 0) + 1, ? - 1 from workflow_status
                 union all
                select sequence + 1, more - 1 from next where more > 0
            )
            select sequence from next
            """;

    // Who owns a workflow is among the executors, dead or alive.
    private static final String HELD = """
            (select w.queue_name from executors e cross join workflow_status w on w.executor_id = e.executor_id)
            """;

    // As in the index of that name, or SQLite does not see that it serves.
    private static final String STOPPED = "status in ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')";

    private static final String DEAD = "(select queue_name from workflow_status where " + STOPPED
            + " and status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')";

    private static final String READY = """
            (select sequence, queue_name, name, coalesce(wake_at, created_at) as since
               from workflow_status
              where status = 'ENQUEUED')
            """;

    private static final String DELAYED =
            "(select sequence, queue_name, wake_at from workflow_status where status = 'DELAYED')";

    private static final String KNOWN = "select known.value from executors, json_each(executors.names) known";

    // The cross join makes SQLite go through the values, never through the table.
    @Override
    public String render(String sql) {
        return sql.replace("{schema}", "")
                .replace("{each}", "json_each(?) wanted")
                .replace("{with}", "cross join")
                .replace("{lock}", "")
                .replace("{lock_depth}", "")
                .replace("{sequences}", SEQUENCES)
                .replace("{owned}", "workflow_status w where w.executor_id = ?")
                .replace("{ready}", READY)
                .replace("{delayed}", DELAYED)
                .replace("{held}", HELD)
                .replace("{dead}", DEAD)
                .replace("{unfinished}", "true")
                .replace("{stopped}", STOPPED)
                .replace("{by_owner}", "executor_id = ?")
                .replace("{known}", KNOWN);
    }

    @Override
    public Object bind(Collection<?> values) {
        return JsonTexts.array(values);
    }
}
