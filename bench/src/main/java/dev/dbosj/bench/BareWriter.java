package dev.dbosj.bench;

import dev.dbosj.store.SystemDatabaseProvider;
import dev.dbosj.time.Time;
import java.sql.SQLException;
import java.util.ServiceLoader;

/**
 * The limit: one connection that writes the rows of the engine's own tables, all of their columns, a thousand in a
 * transaction and nothing else. No fence, no answer, no JSON, no threads.
 */
interface BareWriter extends AutoCloseable {
    int ROWS_PER_COMMIT = 1000;

    /** A writer to the database, which gets its tables. */
    static BareWriter on(Database database) throws SQLException {
        createTables(database.url());
        return database.url().startsWith("sqlite:")
                ? new SqliteBareWriter(database.jdbcUrl())
                : new PostgresBareWriter(database.jdbcUrl());
    }

    /** Creates the engine's tables. */
    static void createTables(String url) {
        for (var provider : ServiceLoader.load(SystemDatabaseProvider.class)) {
            if (!provider.accepts(url)) continue;
            try (var database = provider.open(url, Time.system())) {
                database.migrate();
            }
        }
    }

    static String id(long sequence) {
        return "01a2013d-8ebd-71f9-b249-%012d".formatted(sequence);
    }

    /** Inserts workflow number {@code sequence}. */
    void insert(long sequence, boolean claimed, String parent) throws SQLException;

    void claim(long sequence) throws SQLException;

    void checkpoint(long sequence, int step, String child) throws SQLException;

    void finish(long sequence) throws SQLException;

    void commit() throws SQLException;

    @Override
    void close() throws SQLException;
}
