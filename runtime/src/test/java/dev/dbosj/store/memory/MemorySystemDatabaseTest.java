package dev.dbosj.store.memory;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseContract;
import dev.dbosj.time.Time;

/** The memory store keeps the contract; whoever opens it again gets the same one. */
class MemorySystemDatabaseTest extends SystemDatabaseContract {
    private SystemDatabase database;

    @Override
    protected SystemDatabase open(Time time) {
        if (database == null) database = new MemorySystemDatabase(time);
        return database;
    }
}
