package dev.dbosj.lab;

import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.postgres.LabPostgres;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.sqlite.JDBC;

/** A database that processes die on again and again; each time it begins empty. Only one process lives at a time. */
abstract sealed class CrashPlace implements AutoCloseable {
    private static final DBOSConfig CONFIG = DBOSConfig.named("crash").shutdownHook(false)
            .pollInterval(Duration.ofMillis(50));

    private volatile CrashLife life;

    static CrashPlace open(Store store, Path folder) throws SQLException {
        return switch (store) {
            case SQLITE -> new OnSqlite(folder);
            case POSTGRES -> new OnPostgres();
        };
    }

    /** Forgets everything. */
    abstract void empty();

    /** How a process comes to it. */
    abstract DBOSConfig config();

    /** As nobody's process. */
    abstract Tables tables();

    @Override
    public abstract void close() throws SQLException;

    /** From now on connections are made by this process. */
    void live(CrashLife life) {
        this.life = life;
    }

    /** A process needs that connection no more. */
    abstract void closed(Connection real);

    Connection made(Connection real) {
        return life.connection(real);
    }

    /** A file, which is copied from one with empty tables. The store's way to its driver is through this one. */
    private static final class OnSqlite extends CrashPlace {
        private static final String PREFIX = "jdbc:sqlite:";

        private final JDBC real = new JDBC();
        private final Path folder;
        private final Path template;
        private final List<Driver> before;
        private final Driver between = new Between();
        private Path file;
        private int files;

        OnSqlite(Path folder) throws SQLException {
            this.folder = folder;
            template = folder.resolve("template.db");
            DBOSClient.migrate(CONFIG.databaseUrl("sqlite:" + template));
            before = DriverManager.drivers().filter(driver -> driver instanceof JDBC).toList();
            for (var driver : before) DriverManager.deregisterDriver(driver);
            DriverManager.registerDriver(between);
        }

        /** A dead process may still hold the old file. */
        @Override
        void empty() {
            try {
                if (file != null) for (var suffix : List.of("", "-wal", "-shm", "-next", "-writer", "-executors"))
                    Files.deleteIfExists(file.resolveSibling(file.getFileName() + suffix));
                file = folder.resolve("crash" + files++ + ".db");
                Files.copy(template, file);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @Override
        void closed(Connection connection) {
            try {
                connection.close();
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        }

        @Override
        DBOSConfig config() {
            return CONFIG.databaseUrl("sqlite:" + file);
        }

        @Override
        Tables tables() {
            return new Tables(() -> real.connect(PREFIX + file, new Properties()));
        }

        @Override
        public void close() throws SQLException {
            DriverManager.deregisterDriver(between);
            for (var driver : before) DriverManager.registerDriver(driver);
        }

        private final class Between implements Driver {
            @Override
            public Connection connect(String url, Properties info) throws SQLException {
                return acceptsURL(url) ? made(real.connect(url, info)) : null;
            }

            @Override
            public boolean acceptsURL(String url) {
                return url.startsWith(PREFIX);
            }

            @Override
            public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) throws SQLException {
                return real.getPropertyInfo(url, info);
            }

            @Override
            public int getMajorVersion() {
                return real.getMajorVersion();
            }

            @Override
            public int getMinorVersion() {
                return real.getMinorVersion();
            }

            @Override
            public boolean jdbcCompliant() {
                return real.jdbcCompliant();
            }

            @Override
            public Logger getParentLogger() {
                return Logger.getGlobal();
            }
        }
    }

    /** A database whose tables are emptied. What a process had open serves the next one, as new as it can be made. */
    private static final class OnPostgres extends CrashPlace implements DataSource {
        private static final List<String> TABLES = List.of(
                "operation_outputs", "workflow_events", "notifications", "submissions", "workflow_status", "queues",
                "executors");

        private final PostgresDatabase database = new PostgresDatabase();
        private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

        @Override
        void closed(Connection connection) {
            try {
                if (connection.isClosed()) return;
                if (!connection.getAutoCommit()) connection.rollback();
                connection.setAutoCommit(true);
                idle.add(connection);
            } catch (SQLException failure) {
                throw new IllegalStateException(failure);
            }
        }

        @Override
        void empty() {
            for (var table : TABLES) database.tables().change("delete from " + table);
        }

        @Override
        DBOSConfig config() {
            return CONFIG.dataSource(this);
        }

        @Override
        Tables tables() {
            return database.tables();
        }

        @Override
        public void close() throws SQLException {
            for (var connection : idle) connection.close();
            database.close();
        }

        @Override
        public Connection getConnection() throws SQLException {
            var connection = idle.poll();
            if (connection == null) connection = DriverManager.getConnection(LabPostgres.jdbc(database.url(0)));
            return made(connection);
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }

        @Override
        public PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(PrintWriter out) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setLoginTimeout(int seconds) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("this is no " + type);
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
