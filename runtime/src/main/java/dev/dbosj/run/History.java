package dev.dbosj.run;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Threads;
import java.util.Map;

/** The checkpoints that earlier attempts have recorded, read ahead in pages. A run without history never reads. */
final class History {
    static final int PAGE = 256;

    private final String workflowId;
    private final SystemDatabase database;
    private final Threads threads;
    private HistoryPage page;
    private int position;

    History(String workflowId, HistoryPage firstPage, SystemDatabase database, Threads threads) {
        this.workflowId = workflowId;
        this.page = firstPage;
        this.database = database;
        this.threads = threads;
    }

    /** What is recorded under the number, or null. Numbers are asked for in rising order. */
    Checkpoint at(int step) {
        while (true) {
            if (position < page.checkpoints().size()) {
                var checkpoint = page.checkpoints().get(position);
                if (checkpoint.step() > step) return null;
                position++;
                if (checkpoint.step() == step) return checkpoint;
            } else if (page.last()) {
                return null;
            } else {
                page = threads.callDatabase(() -> database.history(Map.of(workflowId, step), PAGE)).get(workflowId);
                position = 0;
            }
        }
    }
}
