package dev.dbosj.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A PostgreSQL server for tests and benchmarks, by default the only one of this JVM, which starts when it is first
 * needed. It ends with the JVM, also with one that is killed, and takes its data with it.
 *
 * <p>If the environment variable DBOSJ_TEST_POSTGRES_URL names a server, {@link #shared()} and {@link #durable()} mean
 * that one; its user must be allowed to create databases, and those stay.
 */
public final class PostgresServer implements AutoCloseable {
    private static final Map<String, String> SETTINGS = Map.of(
            "unix_socket_directories", "", "synchronous_commit", "on", "max_connections", "200");

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static PostgresServer shared;
    private static PostgresServer durable;

    private final String base;
    private final EmbeddedServer embedded;

    private PostgresServer(String base, EmbeddedServer embedded) {
        this.base = base;
        this.embedded = embedded;
    }

    /** The server of this JVM, which does not wait for the disk: it would forget what was committed in a power cut. */
    public static synchronized PostgresServer shared() {
        if (shared == null) shared = configured();
        if (shared == null) shared = start(Map.of("fsync", "off", "full_page_writes", "off"));
        return shared;
    }

    /** The server of this JVM for measurements: what it has committed is on disk. */
    public static synchronized PostgresServer durable() {
        if (durable == null) durable = configured();
        if (durable == null) durable = start(Map.of("fsync", "on", "shared_buffers", "512MB", "max_wal_size", "4GB"));
        return durable;
    }

    /** The URL of a new and empty database on the {@link #shared()} server. */
    public static String freshDatabase() {
        return shared().createDatabase();
    }

    private static PostgresServer configured() {
        var url = System.getenv("DBOSJ_TEST_POSTGRES_URL");
        return url == null || url.isBlank() ? null : new PostgresServer(url, null);
    }

    /** Starts another server. Settings are those of postgresql.conf. */
    public static PostgresServer start(Map<String, String> settings) {
        var all = new HashMap<>(SETTINGS);
        all.putAll(settings);
        var embedded = new EmbeddedServer(all);
        return new PostgresServer("postgresql://postgres@localhost:" + embedded.port + "/postgres", embedded);
    }

    /** Creates an empty database. @return its URL */
    public String createDatabase() {
        var name = "t" + ProcessHandle.current().pid() + "_" + DATABASES.incrementAndGet();
        execute("create database " + name + " template template0 encoding 'UTF8'");
        return url(name);
    }

    /** The URL of a database on this server. */
    public String url(String database) {
        return base.replaceFirst("^((?:jdbc:)?postgres(?:ql)?://[^/?]*)(/[^?]*)?", "$1/" + database);
    }

    /** Runs a statement in the server's first database, as its owner. */
    public void execute(String sql) {
        execute(base, sql);
    }

    /** Runs a statement in the database of that URL. */
    public static void execute(String url, String sql) {
        try (var connection = DriverManager.getConnection(PostgresUrl.jdbc(url));
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failure) {
            throw new IllegalStateException(sql, failure);
        }
    }

    /** Whether this server can be stopped and started again. */
    public boolean isEmbedded() {
        return embedded != null;
    }

    /** Stops it; connections break. */
    public void stop() {
        embedded.stop();
    }

    /** Starts it again, with the same data, on the same port. */
    public void startAgain() {
        embedded.start();
    }

    /** Ends it and deletes its data. */
    @Override
    public void close() {
        if (embedded != null) embedded.close();
    }

    /** The processes, their data and their end. */
    private static final class EmbeddedServer {
        /** Waits for the end of the JVM, then kills the server and deletes its data. */
        private static final String WATCHDOG = """
                trap '' INT TERM HUP
                read -r never
                pid=$(head -n 1 "$0/postmaster.pid" 2>/dev/null)
                if [ -n "$pid" ]; then
                    kill -QUIT "$pid" 2>/dev/null
                    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
                fi
                rm -rf "$@"
                """;

        private final Map<String, String> settings;
        private final Path folder;
        private final Path data;
        final int port;
        private EmbeddedPostgres running;
        private boolean closed;

        EmbeddedServer(Map<String, String> settings) {
            this.settings = settings;
            try {
                // In a Maven build the unpacked server stays with the other things that were built.
                var target = Path.of("target").toAbsolutePath();
                boolean build = Files.isDirectory(target);
                folder = build ? target.resolve("embedded-postgres") : Files.createTempDirectory("dbosj-postgres");
                Files.createDirectories(folder);
                data = Files.createTempDirectory(folder, "data");
                port = freePort();
                watch(data, build ? data : folder);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            // Elsewhere the watchdog ends it at once: nobody needs an orderly end of what is deleted then.
            if (!isWatched()) Runtime.getRuntime().addShutdownHook(new Thread(this::close));
            start();
        }

        private static int freePort() throws IOException {
            try (var socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            }
        }

        private static boolean isWatched() {
            return File.separatorChar != '\\';
        }

        // Its standard input is a pipe from this process, which the kernel closes.
        private static void watch(Path data, Path rubbish) throws IOException {
            if (!isWatched()) return;
            new ProcessBuilder("sh", "-c", WATCHDOG, data.toString(), rubbish.toString()).inheritIO()
                    .redirectInput(ProcessBuilder.Redirect.PIPE)
                    .start();
        }

        synchronized void start() {
            if (closed || running != null) throw new IllegalStateException("it cannot be started now");
            System.setProperty("ot.epg.working-dir", folder.toString());
            var builder = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setLocaleConfig("locale", "C");
            settings.forEach(builder::setServerConfig);
            try {
                running = builder.start();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        synchronized void stop() {
            if (running == null) return;
            try {
                running.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            running = null;
        }

        synchronized void close() {
            if (closed) return;
            stop();
            closed = true;
            try (var files = Files.walk(data)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
