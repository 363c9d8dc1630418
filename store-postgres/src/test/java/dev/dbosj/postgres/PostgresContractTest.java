package dev.dbosj.postgres;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseContract;
import dev.dbosj.time.Time;

/** The PostgreSQL store keeps the contract. */
class PostgresContractTest extends SystemDatabaseContract {
    private static final String URL = PostgresServer.freshDatabase();

    PostgresContractTest() {
        PostgresServer.execute(URL, "drop schema if exists dbosj cascade"); // quicker than another database
    }

    @Override
    protected SystemDatabase open(Time time) {
        return DrivenClock.drive(new PostgresProvider().open(URL, time), URL, time);
    }
}
