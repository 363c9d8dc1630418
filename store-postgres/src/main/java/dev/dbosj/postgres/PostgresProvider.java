package dev.dbosj.postgres;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseProvider;
import dev.dbosj.time.Time;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Opens {@code postgresql://user:password@host:5432/database}, the same with {@code jdbc:} before it, and a user's own
 * DataSource. Settings behind a question mark are those of the PostgreSQL driver.
 */
public final class PostgresProvider implements SystemDatabaseProvider {
    @Override
    public boolean accepts(String url) {
        return PostgresUrl.accepts(url);
    }

    @Override
    public SystemDatabase open(String url, Time time) {
        return PostgresDatabase.open(new Connector(PostgresUrl.jdbc(url)));
    }

    @Override
    public SystemDatabase open(DataSource connections, Time time) {
        return isPostgres(connections) ? PostgresDatabase.open(new Connector(connections)) : null;
    }

    private static boolean isPostgres(DataSource connections) {
        try (var connection = connections.getConnection()) {
            return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
        } catch (SQLException failure) {
            throw PostgresErrors.unreachable("connect", failure);
        }
    }
}
