package dev.dbosj.store;

import java.util.List;

/**
 * A stretch of a workflow's checkpoints.
 *
 * @param checkpoints in the order of step numbers
 * @param last whether there are none behind it
 */
public record HistoryPage(List<Checkpoint> checkpoints, boolean last) {
    /** Nothing is recorded. */
    public static final HistoryPage NONE = new HistoryPage(List.of(), true);

    /** Nothing was read: there was enough in the pages before. */
    public static final HistoryPage UNREAD = new HistoryPage(List.of(), false);

    /** How many characters the outputs and errors have. */
    public long length() {
        return checkpoints.stream().mapToLong(Checkpoint::length).sum();
    }
}
