package dev.dbosj.lab;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** The stores that every experiment is made with; {@code -Ddbosj.lab.store=postgres} chooses one. */
enum Store {
    /** A file of its own for each experiment. */
    SQLITE(Duration.ofSeconds(30), Duration.ofSeconds(2)) {
        @Override
        LabDatabase open(Path folder) {
            return new SqliteFile(folder);
        }
    },
    /** A database of its own for each experiment, all on one server. */
    POSTGRES(Duration.ofSeconds(2), Duration.ofSeconds(4)) {
        @Override
        LabDatabase open(Path folder) {
            return new PostgresDatabase();
        }
    };

    private final Duration lease;
    private final Duration takeover;

    Store(Duration lease, Duration takeover) {
        this.lease = lease;
        this.takeover = takeover;
    }

    /** A new and empty database; what it keeps in files is in the folder. */
    abstract LabDatabase open(Path folder);

    /** What a worker's lease is, unless an experiment is about leases. */
    Duration lease() {
        return lease;
    }

    /**
     * Within which time another process goes on with what a killed one had begun. The kernel tells at once who holds a
     * lock of a file no more; elsewhere it is the lease, and two seconds.
     */
    Duration takeover() {
        return takeover;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
