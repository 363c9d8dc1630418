package dev.dbosj.workflow;

import java.time.Instant;
import java.util.List;

/**
 * A system database as it is.
 *
 * @param product which database, and its version
 * @param schemaVersion the version of its tables
 * @param now the time by which leases, delays and sleeps are measured
 * @param missingIndexes names of indexes that its tables should have and do not, or that are of no use; nothing goes
 *     wrong without them, but some statements become slow
 */
public record SystemDatabaseInfo(String product, int schemaVersion, Instant now, List<String> missingIndexes) {
    public SystemDatabaseInfo {
        missingIndexes = List.copyOf(missingIndexes);
    }
}
