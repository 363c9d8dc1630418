package dev.dbosj.store;

import java.time.Duration;
import java.util.Set;

/** A line on which hints of other processes are heard, by one thread; to be closed, by any. */
public interface HintLine extends AutoCloseable {
    /**
     * Waits for hints. While the line is broken it waits as well, and mends it when it can.
     *
     * @param atMost the longest wait
     * @return what was heard; empty if nothing was
     * @throws dev.dbosj.exceptions.SystemDatabaseException if the line cannot be mended now; call again later
     */
    Set<Hint> await(Duration atMost);

    /** Ends a wait that is under way as well. */
    @Override
    void close();
}
