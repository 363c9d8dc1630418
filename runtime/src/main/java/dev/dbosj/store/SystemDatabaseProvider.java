package dev.dbosj.store;

import dev.dbosj.time.Time;

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
}
