package dev.dbosj.store;

import dev.dbosj.time.Time;
import javax.sql.DataSource;

/** Opens stores by URL; found through {@link java.util.ServiceLoader}. */
public interface SystemDatabaseProvider {
    /** Whether this provider understands the URL. */
    boolean accepts(String url);

    /**
     * Opens the store; {@link SystemDatabase#migrate()} is the caller's to call.
     *
     * @throws dev.dbosj.exceptions.SystemDatabaseException of kind UNUSABLE if it cannot be used, saying what to do
     */
    SystemDatabase open(String url, Time time);

    /**
     * Opens the store behind a user's own connections, which stay the user's to close.
     *
     * @return null if it is another provider's kind of database
     */
    default SystemDatabase open(DataSource connections, Time time) {
        return null;
    }
}
