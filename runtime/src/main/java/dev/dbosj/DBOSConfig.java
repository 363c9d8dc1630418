package dev.dbosj;

import dev.dbosj.workflow.WorkflowOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.sql.DataSource;

/**
 * What a runtime is told before it is launched. Immutable; defaults are safe. Wrong values are refused in the
 * constructor with an {@link IllegalArgumentException} that says what is allowed.
 *
 * @param name name of the application, 1 to 255 characters
 * @param databaseUrl {@code sqlite:orders.db}, {@code postgresql://user:password@host/database}, {@code memory:};
 *     default the environment variable {@code DBOS_SYSTEM_DATABASE_URL}, and without it {@code sqlite:<name>.db}
 * @param dataSource connections of the user's own, instead of the URL: at least 5, which are not closed with the
 *     runtime; default null
 * @param migrate whether a launch creates or upgrades the tables; if not, it refuses tables that are not of this
 *     version, and {@code dbos-cli migrate} makes them; default true. Tables that are up to date are never touched, so
 *     that the user of the database needs no right to create any.
 * @param lease how long this executor keeps its workflows without a heartbeat, 1 s to 1 h; default 30 s
 * @param pollInterval how often queues and awaited results are looked at without being woken, 10 ms to 1 min;
 *     default 1 s
 * @param shutdownGrace how long {@code close()} waits for running steps before it interrupts them, up to 1 h; default 5 s
 * @param shutdownHook whether the runtime closes itself when the virtual machine shuts down; default true
 * @param maxRuns how many claimed workflows run at once in this process, 1 to 1,000,000; default 10,000
 * @param maxPayloadBytes the largest argument list, result or error, as JSON in UTF-8, 1 KiB to 1 GiB; default 16 MiB
 * @param exceptions exceptions to rebuild from a record although no method declares them; default none
 * @param listenQueues the only queues whose workflows this process runs, besides those that are started directly; default
 *     null for all. It may put workflows on any queue.
 */
public record DBOSConfig(
        String name,
        String databaseUrl,
        DataSource dataSource,
        boolean migrate,
        Duration lease,
        Duration pollInterval,
        Duration shutdownGrace,
        boolean shutdownHook,
        int maxRuns,
        int maxPayloadBytes,
        List<Class<? extends Throwable>> exceptions,
        Set<String> listenQueues) {

    /** The environment variable that names the system database. */
    public static final String DATABASE_URL_VARIABLE = "DBOS_SYSTEM_DATABASE_URL";

    public DBOSConfig {
        WorkflowOptions.requireName("application name", name);
        if (databaseUrl == null || databaseUrl.isBlank()) throw new IllegalArgumentException("databaseUrl must not be empty; try sqlite:" + name + ".db");
        within("lease", lease, Duration.ofSeconds(1), Duration.ofHours(1));
        within("pollInterval", pollInterval, Duration.ofMillis(10), Duration.ofMinutes(1));
        within("shutdownGrace", shutdownGrace, Duration.ZERO, Duration.ofHours(1));
        if (maxRuns < 1 || maxRuns > 1_000_000) throw new IllegalArgumentException("maxRuns " + maxRuns + " is outside 1..1000000");
        if (maxPayloadBytes < 1024 || maxPayloadBytes > 1 << 30)
            throw new IllegalArgumentException("maxPayloadBytes " + maxPayloadBytes + " is outside 1024.." + (1 << 30));
        exceptions = List.copyOf(Objects.requireNonNull(exceptions, "exceptions"));
        if (listenQueues != null) {
            listenQueues = Set.copyOf(listenQueues);
            listenQueues.forEach(queue -> WorkflowOptions.requireName("queue name", queue));
        }
    }

    /** Defaults for an application of that name. */
    public static DBOSConfig named(String name) {
        var url = System.getenv(DATABASE_URL_VARIABLE);
        return new DBOSConfig(
                name,
                url == null || url.isBlank() ? "sqlite:" + name + ".db" : url,
                null,
                true,
                Duration.ofSeconds(30),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                true,
                10_000,
                16 << 20,
                List.of(),
                null);
    }

    public DBOSConfig databaseUrl(String databaseUrl) {
        return new DBOSConfig(name, databaseUrl, dataSource, migrate, lease, pollInterval, shutdownGrace, shutdownHook, maxRuns, maxPayloadBytes, exceptions, listenQueues);
    }

    public DBOSConfig dataSource(DataSource dataSource) {
        return new DBOSConfig(name, databaseUrl, dataSource, migrate, lease, pollInterval, shutdownGrace, shutdownHook, maxRuns, maxPayloadBytes, exceptions, listenQueues);
    }

    public DBOSConfig migrate(boolean migrate) {
        return new DBOSConfig(name, databaseUrl, dataSource, migrate, lease, pollInterval, shutdownGrace, shutdownHook, maxRuns, maxPayloadBytes, exceptions, listenQueues);
    }

    public DBOSConfig lease(Duration lease) {
        return new DBOSConfig(name, databaseUrl, dataSource, migrate, lease, pollInterval, shutdownGrace, shutdownHook, maxRuns, maxPayloadBytes, exceptions, listenQueues);
    }

    public DBOSConfig pollInterval(Duration pollInterval) {
        return new DBOSConfig(name, databaseUrl, dataSource, migrate, lease, pollInterval, shutdownGrace, shutdownHook, maxRuns, maxPayloadBytes, exceptions, listenQueues);
    }

    public DBOSConfig shutdownGrace(Duration shutdownGrace) {
        return new DBOSConfig(name, databaseUrl, dataSource, migrate, lease, pollInterval, shutdownGrace, shutdownHook, maxRuns, maxPayloadBytes, exceptions, listenQueues);
    }

    public DBOSConfig shutdownHook(boolean shutdownHook) {
        return new DBOSConfig(name, databaseUrl, dataSource, migrate, lease, pollInterval, shutdownGrace, shutdownHook, maxRuns, maxPayloadBytes, exceptions, listenQueues);
    }

    public DBOSConfig maxRuns(int maxRuns) {
        return new DBOSConfig(name, databaseUrl, dataSource, migrate, lease, pollInterval, shutdownGrace, shutdownHook, maxRuns, maxPayloadBytes, exceptions, listenQueues);
    }

    public DBOSConfig maxPayloadBytes(int maxPayloadBytes) {
        return new DBOSConfig(name, databaseUrl, dataSource, migrate, lease, pollInterval, shutdownGrace, shutdownHook, maxRuns, maxPayloadBytes, exceptions, listenQueues);
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    public final DBOSConfig exceptions(Class<? extends Throwable>... exceptions) {
        return new DBOSConfig(name, databaseUrl, dataSource, migrate, lease, pollInterval, shutdownGrace, shutdownHook, maxRuns, maxPayloadBytes, List.of(exceptions), listenQueues);
    }

    /** The same, running workflows of these queues only; of none if none is given. */
    public DBOSConfig listenQueues(String... queueNames) {
        return new DBOSConfig(name, databaseUrl, dataSource, migrate, lease, pollInterval, shutdownGrace, shutdownHook, maxRuns, maxPayloadBytes, exceptions, Set.of(queueNames));
    }

    private static void within(String what, Duration value, Duration least, Duration most) {
        if (value == null || value.compareTo(least) < 0 || value.compareTo(most) > 0)
            throw new IllegalArgumentException("%s %s is outside %s..%s".formatted(what, value, least, most));
    }
}
