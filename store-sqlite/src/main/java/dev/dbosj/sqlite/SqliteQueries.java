package dev.dbosj.sqlite;

import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.WorkflowEvent;
import dev.dbosj.store.WorkflowMessage;
import dev.dbosj.store.jdbc.Queries;
import dev.dbosj.store.jdbc.Rows;
import dev.dbosj.store.jdbc.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What is read row by row, which costs SQLite no more. */
final class SqliteQueries {
    private static final int PAGE_BYTES = 1 << 20;

    private static final String HISTORY = "select " + Rows.CHECKPOINT + """
              from operation_outputs
             where workflow_sequence = (select sequence from workflow_status where workflow_id = ?) and step >= ?
             order by step
            """;

    private static final String EVENT = """
            select value
              from workflow_events
             where workflow_sequence = (select sequence from workflow_status where workflow_id = ?) and key = ?
            """;

    private static final String MESSAGE = """
            select message_id, message
              from notifications
             where workflow_sequence = (select sequence from workflow_status where workflow_id = ?) and topic = ?
               and message is not null
             order by sequence
             limit 1
            """;

    private SqliteQueries() {}

    static HistoryPage history(Session session, String workflowId, int fromStep, int limit) throws SQLException {
        var page = new PageBuilder(limit);
        session.each(HISTORY, page::add, workflowId, fromStep);
        return page.build();
    }

    /** Takes rows until the page is full; one more shows that there are more. */
    private static final class PageBuilder {
        private final List<Checkpoint> checkpoints = new ArrayList<>();
        private final int limit;
        private long bytes;
        private boolean last = true;

        PageBuilder(int limit) {
            this.limit = limit;
        }

        /** @return whether to go on */
        boolean add(ResultSet row) throws SQLException {
            if (checkpoints.size() == limit || bytes >= PAGE_BYTES) return last = false;
            var checkpoint = Rows.checkpoint(row);
            checkpoints.add(checkpoint);
            bytes += checkpoint.length();
            return true;
        }

        HistoryPage build() {
            return new HistoryPage(checkpoints, last);
        }
    }

    static List<Arrival> arrivals(Session session, Collection<? extends Awaited> awaited) throws SQLException {
        var results = new ArrayList<String>();
        var arrivals = new ArrayList<Arrival>();
        for (var one : awaited) {
            switch (one) {
                case Awaited.Result result -> results.add(result.workflowId());
                case Awaited.Event event -> {
                    var value = session.first(EVENT, row -> row.getString(1), event.workflowId(), event.key());
                    if (value != null) arrivals.add(new WorkflowEvent(event.workflowId(), event.key(), value));
                }
                case Awaited.Message wanted -> {
                    var message = session.first(MESSAGE, row -> message(wanted, row), wanted.workflowId(), wanted.topic());
                    if (message != null) arrivals.add(message);
                }
            }
        }
        if (!results.isEmpty()) arrivals.addAll(Queries.results(session, results));
        return arrivals;
    }

    private static WorkflowMessage message(Awaited.Message wanted, ResultSet row) throws SQLException {
        return new WorkflowMessage(wanted.workflowId(), wanted.topic(), row.getString(1), row.getString(2));
    }
}
