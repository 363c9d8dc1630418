package dev.dbosj.bench;

import java.net.URI;
import java.sql.DriverManager;
import java.sql.SQLException;

/** A PostgreSQL server that loses nothing at a power failure: a database of its own for each run. */
final class PostgresDatabases implements Store {
    private final URI server;
    private final String admin;
    private int databases;
    private Database filled;

    /** @param url postgresql://user:password@host:port/database, of a user who may create databases */
    PostgresDatabases(String url) {
        server = URI.create(url);
        admin = jdbcUrl(server.getPath().substring(1));
    }

    @Override
    public Database fresh() throws SQLException {
        var name = "dbosj_bench_" + ProcessHandle.current().pid() + "_" + ++databases;
        execute(admin, "create database " + name);
        return new Database(url(name), jdbcUrl(name), () -> execute(admin, "drop database " + name + " with (force)"));
    }

    @Override
    public Database withFinished(int workflows) throws SQLException {
        if (filled == null) {
            filled = fresh();
            BareWriter.createTables(filled.url());
            for (var statement : FinishedWorkflows.statements(workflows)) execute(filled.jdbcUrl(), statement);
        }
        return new Database(filled.url(), filled.jdbcUrl(), () -> {});
    }

    private String url(String database) {
        return "postgresql://" + server.getRawAuthority() + "/" + database;
    }

    private String jdbcUrl(String database) {
        var login = server.getRawUserInfo().split(":", 2);
        var host = server.getPort() < 0 ? server.getHost() : server.getHost() + ":" + server.getPort();
        var password = login.length < 2 ? "" : "&password=" + login[1];
        return "jdbc:postgresql://%s/%s?user=%s%s".formatted(host, database, login[0], password);
    }

    private static void execute(String jdbcUrl, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(jdbcUrl);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public String description() throws SQLException {
        try (var connection = DriverManager.getConnection(admin);
                var statement = connection.createStatement();
                var settings = statement.executeQuery("""
                        select current_setting('server_version'), current_setting('fsync'),
                               current_setting('synchronous_commit'), current_setting('shared_buffers')
                        """)) {
            settings.next();
            if (!settings.getString(2).equals("on") || settings.getString(3).equals("off"))
                throw new IllegalStateException("this server may lose commits: fsync or synchronous_commit is off");
            return "PostgreSQL %s, fsync %s, synchronous_commit %s, shared_buffers %s".formatted(
                    settings.getString(1), settings.getString(2), settings.getString(3), settings.getString(4));
        }
    }

    @Override
    public Target target(Work work) {
        return work.onPostgres();
    }

    @Override
    public void close() throws Exception {
        if (filled != null) filled.close();
    }
}
