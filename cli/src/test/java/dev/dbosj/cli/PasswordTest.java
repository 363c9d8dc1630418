package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dbosj.DBOSConfig;
import dev.dbosj.postgres.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that wants a password, and a URL without one. */
@Timeout(120)
class PasswordTest {
    private static final String PASSWORD = "open sesame: 100% & +?/@é";

    private static String url;

    @BeforeAll
    static void protectTheServer() throws Exception {
        assumeTrue(PostgresServer.shared().isEmbedded(), "the server's own rules are not ours to change");
        var owned = PostgresServer.freshDatabase();
        url = owned.replace("postgres@", "keeper@");
        PostgresServer.execute(owned, "create role keeper superuser login password '%s'".formatted(PASSWORD));
        assertThat(new Cli().run("migrate", "--db", owned).code()).isZero();
        demandPasswords(owned);
        while (isTrusted()) Thread.onSpinWait(); // the server looks at its rules when it likes
    }

    private static void demandPasswords(String owned) throws SQLException, IOException {
        try (var connection = DriverManager.getConnection("jdbc:" + owned.replace("postgres@", ""), "postgres", "");
                var statement = connection.createStatement();
                var rules = statement.executeQuery("show hba_file")) {
            rules.next();
            var file = Path.of(rules.getString(1));
            Files.writeString(file, "host all keeper all scram-sha-256\n" + Files.readString(file));
        }
        PostgresServer.execute(owned, "select pg_reload_conf()");
    }

    private static boolean isTrusted() {
        try {
            PostgresServer.execute(url, "select");
            return true;
        } catch (IllegalStateException refused) {
            return false;
        }
    }

    @Test
    void isAskedForInATerminalWhichDoesNotShowIt() throws IOException {
        try (var terminal = PseudoTerminal.type("workflow list", Map.of(DBOSConfig.DATABASE_URL_VARIABLE, url))) {
            terminal.sees("Password: ").press(PASSWORD + "\r");
            assertThat(terminal.ends(ExitCode.OK)).contains("WORKFLOW ID").doesNotContain("sesame");
        }
    }

    @Test
    void isAskedForOnceForAllThatACommandDoes() {
        var migrate = new Cli().database(url + "?ApplicationName=night").types(PASSWORD).run("migrate");

        assertThat(migrate.err()).isEmpty();
        assertThat(migrate.out()).isEqualTo("The tables are up to date.\n");
    }

    @Test
    void comesFromTheEnvironmentBeforeAnybodyIsAsked() {
        var cli = new Cli().database(url).environment(Password.VARIABLE, PASSWORD).types("wrong");

        assertThat(cli.run("workflow", "list").code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void ifItIsWrongThatIsSaidWithoutIt() {
        var wrong = new Cli().database(url).types("wrong one").run("workflow", "list", "--verbose");

        assertThat(wrong.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(wrong.err()).startsWith("dbos-cli: cannot connect: the server refuses the user")
                .doesNotContain("wrong one", "wrong+one");
    }

    @Test
    void whereNobodyCanBeAskedOneLineSaysWhatToDo() {
        for (var command : new String[] {"workflow list", "migrate", "stats"}) {
            var refused = new Cli().database(url).run(command.split(" "));
            assertThat(refused.code()).isEqualTo(ExitCode.FAILURE);
            assertThat(refused.err()).isEqualTo("dbos-cli: the server wants a password: put it into the environment variable"
                    + " PGPASSWORD or into ~/.pgpass; only in a terminal is it asked for\n");
        }
        var check = new Cli().database(url).run("check");
        assertThat(check.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(check.out() + check.err()).contains("the server wants a password");
    }

    @Test
    void isNotAskedForWhereNoneIsWanted() {
        var unreachable = new Cli().database("postgresql://keeper@127.0.0.1:1/none").types("secret").run("workflow", "list");

        assertThat(unreachable.err()).contains("the server cannot be reached");
    }
}
