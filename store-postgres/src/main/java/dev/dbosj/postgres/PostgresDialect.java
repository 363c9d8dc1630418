package dev.dbosj.postgres;

import dev.dbosj.store.jdbc.Dialect;
import dev.dbosj.workflow.WorkflowState;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The words of PostgreSQL: names are qualified, a collection is bound as an array, rows are locked in one order. */
final class PostgresDialect implements Dialect {
    private static final String SEQUENCES = """
            select nextval(pg_get_serial_sequence('dbosj.workflow_status', 'sequence'))
              from generate_series(1, ?)
            """;

    private static final String OWNED = """
            dbosj.workflow_owned o
              join dbosj.workflow_status w on w.sequence = o.sequence
             where o.executor_id = ?
            """;

    private static final String BY_OWNER =
            "sequence in (select o.sequence from dbosj.workflow_owned o where o.executor_id = ?)";

    private static final String READY = """
            (select sequence, queue_name, name, since from dbosj.workflow_ready
              union all
             select sequence, queue_name, name, since from dbosj.workflow_ready_in_partition) ready
            """;

    // A left join, so that whoever only counts them does without it.
    private static final String DELAYED = """
            (select d.sequence, w.queue_name, d.wake_at
               from dbosj.workflow_delayed d
               left join dbosj.workflow_status w on w.sequence = d.sequence) later
            """;

    private static final String RUNNING = "dbosj.workflow_owned where not cancelled";

    private static final String AMONG_PLACES = """
            (%s order by sequence %s) place
              join lateral (
                    select *
                      from dbosj.workflow_status w
                     where w.sequence = place.sequence
                    offset 0) workflow using (sequence)
            """;

    private static final String DEAD = """
            (select w.queue_name
               from dbosj.workflow_stopped s
               join dbosj.workflow_status w on w.sequence = s.sequence
              where s.status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') dead_letters
            """;

    private static final String KNOWN = "select unnest(names) from dbosj.executors";

    private final ConcurrentHashMap<String, String> rendered = new ConcurrentHashMap<>();

    @Override
    public String render(String sql) {
        return rendered.size() > 1_000 ? translated(sql) : rendered.computeIfAbsent(sql, PostgresDialect::translated);
    }

    // Two transactions that lock rows in the same order cannot wait for each other.
    private static String translated(String sql) {
        return sql.replace("{schema}", "dbosj.")
                .replace("{each}", "unnest(?::text[]) wanted (value)")
                .replace("{with}", "join")
                .replace("{lock}", "order by w.sequence for no key update of w")
                .replace("{lock_depth}", "for no key update of d")
                .replace("{sequences}", SEQUENCES)
                .replace("{owned}", OWNED)
                .replace("{ready}", READY)
                .replace("{delayed}", DELAYED)
                .replace("{held}", "dbosj.workflow_owned")
                .replace("{dead}", DEAD)
                .replace("{running}", RUNNING)
                .replace("{stopped}", "dbosj.workflow_stopped")
                .replace("{by_owner}", BY_OWNER)
                .replace("{known}", KNOWN);
    }

    // What is found there is put in order, and then row after row is looked up until the page is full. The offset keeps
    // the join from reading more: how large the tables of places are the server seldom knows, so quickly do they change.
    @Override
    public String among(List<WorkflowState> states, boolean newestFirst) {
        if (states.isEmpty() || states.contains(WorkflowState.SUCCESS)) return "dbosj.workflow_status";
        var places = states.stream().map(PostgresDialect::place).distinct().collect(Collectors.joining(" union "));
        return AMONG_PLACES.formatted(places, newestFirst ? "desc" : "asc");
    }

    /** Where the workflows of a state are said to be, see V1__tables.sql and V5__listing.sql. */
    private static String place(WorkflowState state) {
        return switch (state) {
            case ENQUEUED -> "(select sequence from " + READY + ")";
            case DELAYED -> "(select sequence from dbosj.workflow_delayed)";
            case PENDING -> "(select sequence from " + RUNNING + ")";
            case ERROR, CANCELLED, MAX_RECOVERY_ATTEMPTS_EXCEEDED ->
                "(select sequence from dbosj.workflow_stopped where status = '" + state + "')";
            case SUCCESS -> throw new IllegalArgumentException("no place is kept for those that have succeeded");
        };
    }

    @Override
    public Object bind(Collection<?> values) {
        if (values.isEmpty()) return new String[0];
        return switch (values.iterator().next()) {
            case Long number -> values.toArray(Long[]::new);
            case Integer number -> values.toArray(Integer[]::new);
            case Boolean flag -> values.toArray(Boolean[]::new);
            default -> values.toArray(String[]::new);
        };
    }
}
