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

    private static final String HISTORY =
            "select * from dbosj.read_history(?::text[], ?::integer[], ?, ?::bigint, ?::bigint)";

    private static final String ARRIVALS =
            "select * from dbosj.find_arrivals(?::text[], ?::text[], ?::text[], ?::text[], ?::text[])";

    private PostgresQueries() {}

    static Map<String, HistoryPage> history(Session session, Map<String, Integer> fromStep, int limit)
            throws SQLException {
        var pages = new HashMap<String, PageBuilder>();
        session.list(
                HISTORY,
                row -> pages.computeIfAbsent(row.getString(8), id -> new PageBuilder(limit)).add(row),
                fromStep.keySet(),
                fromStep.values(),
                limit,
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
            default -> new WorkflowMessage(row.getString(1), row.getString(2), row.getString(4), row.getString(3));
        };
    }
}
