package dev.dbosj.sqlite;

import dev.dbosj.store.jdbc.Dialect;
import dev.dbosj.workflow.WorkflowState;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

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

    // True of every owner. Asked whether there is one, SQLite would rather read the table through.
    private static final String HELD = "(select * from workflow_status where executor_id >= '')";

    // As in the index of that name, or SQLite does not see that it serves.
    private static final String STOPPED = """
            (select *
               from workflow_status
              where status in ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'))
            """;

    private static final String DEAD =
            "(select queue_name from " + STOPPED + " where status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')";

    private static final Set<WorkflowState> STOPPED_STATES = EnumSet.of(
            WorkflowState.ERROR, WorkflowState.CANCELLED, WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);

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
                .replace("{running}", HELD + " where status = 'PENDING'")
                .replace("{stopped}", STOPPED)
                .replace("{by_owner}", "executor_id = ?")
                .replace("{known}", KNOWN);
    }

    @Override
    public String among(List<WorkflowState> states, boolean newestFirst) {
        if (states.isEmpty()) return "workflow_status";
        if (STOPPED_STATES.containsAll(states)) return STOPPED;
        return states.stream().allMatch(WorkflowState.PENDING::equals) ? HELD : "workflow_status";
    }

    @Override
    public Object bind(Collection<?> values) {
        return JsonTexts.array(values);
    }
}
