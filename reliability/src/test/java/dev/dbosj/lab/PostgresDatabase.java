package dev.dbosj.lab;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.postgres.LabPostgres;
import dev.dbosj.postgres.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Optional;

/** A database on the server of this test, with a witness in it. */
final class PostgresDatabase implements LabDatabase {
    /** The server shows who is connected by this name, and the number of the launch. */
    static final String WORKER = "worker-";

    private static final int AUDITORS = 4;

    private final String url;
    private final HikariDataSource connections;

    PostgresDatabase() {
        url = PostgresServer.freshDatabase();
        var config = new HikariConfig();
        config.setJdbcUrl(LabPostgres.jdbc(url));
        config.setSchema("dbosj");
        config.setMaximumPoolSize(AUDITORS);
        connections = new HikariDataSource(config);
        DBOSClient.migrate(DBOSConfig.named("lab").databaseUrl(url));
        PostgresServer.execute(url, script());
    }

    private static String script() {
        try (var script = PostgresDatabase.class.getResourceAsStream("witness.sql")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public String url(int life) {
        return url + (url.contains("?") ? "&" : "?") + "ApplicationName=" + WORKER + life;
    }

    @Override
    public Tables tables() {
        return new Tables(connections::getConnection);
    }

    @Override
    public Tables tablesAtRest() {
        return tables();
    }

    @Override
    public Tables changeable() {
        return tables();
    }

    @Override
    public long logSize() {
        return 0;
    }

    @Override
    public long size() {
        return tables().number("select pg_database_size(current_database())");
    }

    @Override
    public AutoCloseable lockOutWriters() throws SQLException {
        var connection = connections.getConnection();
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute("lock table workflow_status in exclusive mode");
        }
        return connection;
    }

    @Override
    public Optional<Witness> witness() {
        return Optional.of(new Witness(tables()));
    }

    @Override
    public void dismissWitness() {
        PostgresServer.execute(url, "drop schema lab cascade");
    }

    @Override
    public void close() {
        connections.close();
        var name = url.replaceFirst("\\?.*", "").replaceFirst(".*/", "");
        PostgresServer.shared().execute("drop database " + name + " with (force)");
    }
}
