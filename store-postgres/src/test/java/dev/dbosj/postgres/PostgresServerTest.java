package dev.dbosj.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import org.junit.jupiter.api.Test;

class PostgresServerTest {
    @Test
    void eachFreshDatabaseIsEmptyAndItsOwn() throws Exception {
        var first = PostgresServer.freshDatabase();
        var second = PostgresServer.freshDatabase();
        assertThat(first).isNotEqualTo(second);
        PostgresServer.execute(first, "create table t ()");
        PostgresServer.execute(second, "create table t ()");
        try (var connection = DriverManager.getConnection(PostgresUrl.jdbc(first));
                var rows = connection.createStatement().executeQuery("show synchronous_commit")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("on");
        }
    }
}
