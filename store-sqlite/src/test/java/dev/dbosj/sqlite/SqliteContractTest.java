package dev.dbosj.sqlite;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseContract;
import dev.dbosj.time.Time;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The SQLite store keeps the contract. */
class SqliteContractTest extends SystemDatabaseContract {
    @TempDir
    Path folder;

    @Override
    protected SystemDatabase open(Time time) {
        return new SqliteProvider().open("sqlite:" + folder.resolve("test.db"), time);
    }
}
