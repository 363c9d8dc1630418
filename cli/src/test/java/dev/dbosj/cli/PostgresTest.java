package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.postgres.PostgresServer;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The commands on PostgreSQL. */
class PostgresTest {
    private String url;
    private Cli cli;

    @BeforeEach
    void onAnEmptyDatabase() {
        url = PostgresServer.freshDatabase();
        cli = new Cli().database(url);
    }

    private void runByHand(String sql) throws SQLException {
        var jdbc = url.startsWith("jdbc:") ? url : "jdbc:" + url.replaceFirst("//([^:@/]+)@", "//").replaceFirst("//[^@/]+@", "//");
        try (var connection = DriverManager.getConnection(jdbc, "postgres", "postgres");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void whatIsPrintedCanBeRunByHand() throws SQLException {
        runByHand(cli.run("migrate", "--print").out());

        assertThat(cli.run("migrate", "--check").code()).isEqualTo(ExitCode.OK);
        assertThat(cli.run("migrate").out()).isEqualTo("The tables are up to date.\n");
        assertThat(cli.run("workflow", "list").code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aDatabaseWithoutTablesIsLeftAsItIs() {
        var list = cli.run("workflow", "list");

        assertThat(list.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(list.err()).contains("dbos-cli migrate");
        assertThat(cli.run("migrate", "--check").code()).isEqualTo(ExitCode.FAILURE);
    }

    @Test
    void anUnknownWorkflowIsSaidToBeUnknown() {
        cli.run("migrate");

        assertThat(cli.run("workflow", "get", "nobody").code()).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void aServerThatIsNotThereIsAFailureInOneLineWithoutThePassword() {
        var result = cli.database("postgresql://somebody:secret@127.0.0.1:1/none").run("workflow", "list");

        assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).doesNotContain("secret");
    }
}
