package dev.dbosj.store.jdbc;

import dev.dbosj.store.Checkpoint;
import java.sql.SQLException;

/** The rows of operation_outputs that one write transaction is about. */
public interface Checkpoints {
    /** @return whether its step was not recorded yet, and is now */
    boolean record(WorkflowRow row, Checkpoint checkpoint) throws SQLException;

    /** What is recorded for a step, or null. */
    Checkpoint find(WorkflowRow row, int step) throws SQLException;

    /** Undoes a {@link #record} of this transaction. */
    void takeBack(WorkflowRow row, Checkpoint checkpoint) throws SQLException;

    /** Writes what was not written yet. */
    void flush() throws SQLException;
}
