package dev.dbosj.store.jdbc;

import java.sql.SQLException;

/** Who lives, as one write transaction sees it. */
@FunctionalInterface
public interface Members {
    /** Whether it is a member, and stays one until the end of the transaction. */
    boolean isAlive(String executorId) throws SQLException;
}
