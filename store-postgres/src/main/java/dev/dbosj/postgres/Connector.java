package dev.dbosj.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;

/** Where connections come from: a URL, with a small pool of its own, or a user's DataSource. */
final class Connector implements AutoCloseable {
    private static final int POOL_SIZE = 6;

    private final String jdbcUrl;
    private final DataSource lent;
    private final HikariDataSource pool;

    /** Settings in the URL come before these. Nothing is connected yet. */
    Connector(String jdbcUrl) {
        this.jdbcUrl = jdbcUrl;
        var settings = new HikariConfig();
        settings.setPoolName("dbosj");
        settings.setJdbcUrl(jdbcUrl);
        settings.setDataSourceProperties(defaults());
        settings.setMaximumPoolSize(POOL_SIZE);
        settings.setMinimumIdle(1);
        settings.setConnectionTimeout(5_000);
        settings.setValidationTimeout(2_000);
        settings.setInitializationFailTimeout(-1);
        pool = new HikariDataSource(settings);
        lent = pool;
    }

    Connector(DataSource lent) {
        this.jdbcUrl = null;
        this.lent = lent;
        this.pool = null;
    }

    private static Properties defaults() {
        var defaults = new Properties();
        defaults.setProperty("ApplicationName", "dbosj");
        defaults.setProperty("tcpKeepAlive", "true");
        defaults.setProperty("connectTimeout", "5");
        // A server that has vanished without a word is noticed after so many seconds. No statement takes as long.
        defaults.setProperty("socketTimeout", "30");
        // A request is put together here and sent in one go: a process that is stopped meanwhile has sent nothing yet.
        defaults.setProperty("maxSendBufferSize", String.valueOf(1 << 20));
        return defaults;
    }

    /** One of a few, for a short while. */
    Connection lend() throws SQLException {
        return lent.getConnection();
    }

    /** One to keep. */
    Connection connect() throws SQLException {
        return pool == null ? lent.getConnection() : DriverManager.getConnection(jdbcUrl, defaults());
    }

    /** A user's DataSource stays open. */
    @Override
    public void close() {
        if (pool != null) pool.close();
    }
}
