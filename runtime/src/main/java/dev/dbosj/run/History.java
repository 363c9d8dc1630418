package dev.dbosj.run;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.HistoryPage;
import java.util.function.IntFunction;

/** The checkpoints that earlier attempts have recorded, read ahead in pages. A run without history never reads. */
final class History {
    static final int PAGE = 256;

    private final IntFunction<HistoryPage> pages;
    private HistoryPage page;
    private int position;

    /** @param pages the page that begins at a step number */
    History(HistoryPage firstPage, IntFunction<HistoryPage> pages) {
        this.page = firstPage;
        this.pages = pages;
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
                page = pages.apply(step);
                position = 0;
            }
        }
    }
}
