package dev.dbosj.postgres;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseContract;
import dev.dbosj.time.Time;

/** The PostgreSQL store keeps the contract. */
class PostgresContractTest extends SystemDatabaseContract {
    private final String url = PostgresServer.freshDatabase();

    @Override
    protected SystemDatabase open(Time time) {
        return DrivenClock.drive(new PostgresProvider().open(url, time), url, time);
    }
}
