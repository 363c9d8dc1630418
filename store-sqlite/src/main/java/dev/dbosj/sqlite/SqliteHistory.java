package dev.dbosj.sqlite;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.jdbc.Rows;
import dev.dbosj.store.jdbc.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads history, row by row, for which SQLite is made. */
final class SqliteHistory {
    private static final int PAGE_BYTES = 1 << 20;

    private static final String HISTORY = "select " + Rows.CHECKPOINT + """
              from operation_outputs
             where workflow_sequence = (select sequence from workflow_status where workflow_id = ?) and step >= ?
             order by step
            """;

    private SqliteHistory() {}

    static HistoryPage page(Session session, String workflowId, int fromStep, int limit) throws SQLException {
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
}
