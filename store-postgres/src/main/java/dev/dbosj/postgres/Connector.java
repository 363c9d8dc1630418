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

    /** In seconds. A server that has vanished without a word is noticed after so long. No statement takes as long. */
    private static final int LONGEST_SILENCE = 30;

    private final String jdbcUrl;
    private final DataSource lent;
    private final HikariDataSource pool;

    /** Settings in the URL come before these. Nothing is connected yet. */
    Connector(String jdbcUrl) {
        this.jdbcUrl = jdbcUrl;
        var settings = new HikariConfig();
        settings.setPoolName("dbosj");
        settings.setJdbcUrl(jdbcUrl);
        settings.setDataSourceProperties(defaults(LONGEST_SILENCE));
        settings.setMaximumPoolSize(POOL_SIZE);
        settings.setMinimumIdle(0);
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

    private static Properties defaults(int seconds) {
        var defaults = new Properties();
        defaults.setProperty("ApplicationName", "dbosj");
        defaults.setProperty("tcpKeepAlive", "true");
        defaults.setProperty("connectTimeout", "5");
        defaults.setProperty("socketTimeout", String.valueOf(seconds));
        // A request is put together here and sent in one go: a process that is stopped meanwhile has sent nothing yet.
        defaults.setProperty("maxSendBufferSize", String.valueOf(1 << 20));
        return defaults;
    }

    /** One of a few, for a short while. */
    Connection lend() throws SQLException {
        return committing(lent.getConnection());
    }

    /** One to keep. No answer takes longer than so many seconds; a user's DataSource has settings of its own. */
    Connection connect(int seconds) throws SQLException {
        return pool == null
                ? lend()
                : DriverManager.getConnection(jdbcUrl, defaults(Math.min(seconds, LONGEST_SILENCE)));
    }

    /** A user's connections may wait to be told when to commit; here each statement does by itself. */
    private static Connection committing(Connection connection) throws SQLException {
        try {
            connection.setAutoCommit(true);
            return connection;
        } catch (SQLException failure) {
            try (connection) {
                throw failure;
            }
        }
    }

    /** A user's DataSource stays open. */
    @Override
    public void close() {
        if (pool != null) pool.close();
    }
}
