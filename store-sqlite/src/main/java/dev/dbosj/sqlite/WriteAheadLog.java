package dev.dbosj.sqlite;

import dev.dbosj.store.jdbc.Session;
import java.io.File;
import java.nio.file.Path;
import java.sql.SQLException;

/**
 * Keeps the write-ahead log small. SQLite moves it into the database by itself, and begins it anew when nobody reads
 * from it; but with many readers there may be one at every moment. Then the writer waits until those of now are done.
 */
final class WriteAheadLog {
    /** In bytes. Ordinarily it is a quarter of this. */
    private static final long LIMIT = 32 << 20;

    /** How long to wait for readers, in milliseconds. */
    private static final int PATIENCE = 200;

    private final File file;
    private long limit = LIMIT;

    WriteAheadLog(Path database) {
        file = DatabaseFile.beside(database, "-wal").toFile();
    }

    /** To be called between transactions, in turn. */
    void keepSmall(Session writer) throws SQLException {
        long size = file.length();
        if (size <= limit) return;
        writer.execute("pragma busy_timeout = " + PATIENCE);
        boolean blocked = writer.first("pragma wal_checkpoint(truncate)", row -> row.getBoolean(1));
        writer.execute("pragma busy_timeout = " + SqliteConnections.BUSY_TIMEOUT);
        limit = blocked ? size + LIMIT : LIMIT;
    }
}
