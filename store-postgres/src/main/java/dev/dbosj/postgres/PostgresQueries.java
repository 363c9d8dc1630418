package dev.dbosj.postgres;

import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.WorkflowEvent;
import dev.dbosj.store.WorkflowMessage;
import dev.dbosj.store.jdbc.Rows;
import dev.dbosj.store.jdbc.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is read set-wise: pages of many histories, answers to many waits. */
final class PostgresQueries {
    private static final int PAGE_BYTES = 1 << 20;

    /** What one call brings into memory. */
    static final int READ_BYTES = 32 << 20;

    // The server measures the payloads, so that no more of them come than are wanted. A page ends with the row that
    // fills it; one row more than the limit shows that there are more.
    private static final String HISTORY = """
            select step, name, output, error, child_id, started_at, completed_at, workflow_id, found, bytes
              from (
                select placed.*, min(total - bytes) over (partition by place) as before_page
                  from (
                    select wanted.place, wanted.workflow_id, page.*,
                           sum(page.bytes) over (order by wanted.place, page.step) as total
                      from unnest(?::text[], ?::integer[]) with ordinality wanted (workflow_id, from_step, place)
                     cross join lateral (
                        select o.*,
                               count(*) over () as found,
                               coalesce(sum(o.bytes) over (
                                    order by o.step rows between unbounded preceding and 1 preceding), 0) as before_step
                          from (
                            select step, name, output, error, child_id, started_at, completed_at,
                                   coalesce(octet_length(output), 0) + coalesce(octet_length(error), 0) as bytes
                              from dbosj.operation_outputs
                             where workflow_sequence = (
                                    select w.sequence
                                      from dbosj.workflow_status w
                                     where w.workflow_id = wanted.workflow_id)
                               and step >= wanted.from_step
                             order by step
                             limit ?) o) page
                     where page.before_step < ?) placed) bounded
             where before_page < ?
             order by place, step
            """;

    private static final String ARRIVALS = """
            select w.workflow_id, w.status, w.output, w.error, 'result'
              from unnest(?::text[]) wanted (workflow_id)
              join dbosj.workflow_status w on w.workflow_id = wanted.workflow_id
             where w.status in ('SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')
             union all
            select w.workflow_id, e.key, e.value, null, 'event'
              from unnest(?::text[], ?::text[]) wanted (workflow_id, key)
              join dbosj.workflow_status w on w.workflow_id = wanted.workflow_id
              join dbosj.workflow_events e on e.workflow_sequence = w.sequence and e.key = wanted.key
             union all
            select w.workflow_id, oldest.topic, oldest.message_id, oldest.message, 'message'
              from unnest(?::text[], ?::text[]) wanted (workflow_id, topic)
              join dbosj.workflow_status w on w.workflow_id = wanted.workflow_id
             cross join lateral (
                    select n.topic, n.message_id, n.message
                      from dbosj.notifications n
                     where n.workflow_sequence = w.sequence and n.topic = wanted.topic and n.message is not null
                     order by n.sequence
                     limit 1) oldest
            """;

    private PostgresQueries() {}

    static Map<String, HistoryPage> history(Session session, Map<String, Integer> fromStep, int limit)
            throws SQLException {
        var pages = new HashMap<String, PageBuilder>();
        session.list(
                HISTORY,
                row -> pages.computeIfAbsent(row.getString(8), id -> new PageBuilder(limit)).add(row),
                fromStep.keySet(),
                fromStep.values(),
                limit + 1,
                PAGE_BYTES,
                READ_BYTES);
        var history = new LinkedHashMap<String, HistoryPage>();
        long read = 0;
        for (var id : fromStep.keySet()) {
            var page = pages.get(id);
            if (read >= READ_BYTES) history.put(id, HistoryPage.UNREAD);
            else if (page == null) history.put(id, HistoryPage.NONE);
            else history.put(id, page.build());
            if (page != null) read += page.bytes;
        }
        return history;
    }

    private static final class PageBuilder {
        private final List<Checkpoint> checkpoints = new ArrayList<>();
        private final int limit;
        private long bytes;
        private int found;

        PageBuilder(int limit) {
            this.limit = limit;
        }

        boolean add(ResultSet row) throws SQLException {
            found = row.getInt(9);
            bytes += row.getLong(10);
            return checkpoints.size() < limit && checkpoints.add(Rows.checkpoint(row));
        }

        HistoryPage build() {
            return new HistoryPage(checkpoints, checkpoints.size() == found);
        }
    }

    static List<Arrival> arrivals(Session session, Collection<? extends Awaited> awaited) throws SQLException {
        var results = new ArrayList<String>();
        var events = new ArrayList<Awaited.Event>();
        var messages = new ArrayList<Awaited.Message>();
        for (var one : awaited) {
            switch (one) {
                case Awaited.Result result -> results.add(result.workflowId());
                case Awaited.Event event -> events.add(event);
                case Awaited.Message message -> messages.add(message);
            }
        }
        return session.list(
                ARRIVALS,
                PostgresQueries::arrival,
                results,
                events.stream().map(Awaited.Event::workflowId).toList(),
                events.stream().map(Awaited.Event::key).toList(),
                messages.stream().map(Awaited.Message::workflowId).toList(),
                messages.stream().map(Awaited.Message::topic).toList());
    }

    private static Arrival arrival(ResultSet row) throws SQLException {
        return switch (row.getString(5)) {
            case "result" -> Rows.result(row);
            case "event" -> new WorkflowEvent(row.getString(1), row.getString(2), row.getString(3));
            default -> new WorkflowMessage(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
        };
    }
}
