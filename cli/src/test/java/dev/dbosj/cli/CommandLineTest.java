package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How commands are understood, and how they refuse. */
class CommandLineTest {
    private final Cli cli = new Cli();

    @ParameterizedTest
    @ValueSource(strings = {
        "", "workflow", "workflow list", "workflow get", "workflow steps", "workflow events", "workflow wait",
        "workflow result", "workflow start", "workflow cancel", "workflow resume", "queue", "queue list", "queue show",
        "queue pause", "queue resume", "queue drain", "queue set", "executor", "executor list", "stats", "check", "doctor",
        "completion", "migrate", "version"
    })
    void everyCommandExplainsItself(String command) {
        for (var option : new String[] {"--help", "-h"}) {
            var result = cli.run((command + " " + option).strip().split(" "));

            assertThat(result.code()).isEqualTo(ExitCode.OK);
            assertThat(result.out()).startsWith(("Usage: dbos-cli " + command).strip()).contains("--help");
            assertThat(result.err()).isEmpty();
        }
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(cli.run("version").out()).matches("dbos-cli \\d+\\.\\d+\\.\\d+\\S*\n");
        assertThat(cli.run("--version").out().strip()).isEqualTo(cli.run("version").out().strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "workflow", "nonsense", "workflow nonsense", "workflow list --nonsense", "workflow list stray",
        "workflow list --status LOST", "workflow list --limit 0", "workflow list --limit 100001",
        "workflow list --limit x", "workflow list --offset -1", "workflow list -d --oldest-first",
        "workflow list -o yaml", "workflow list --since yesterdayish", "workflow list --watch=x", "queue set q --rate 5",
        "queue set q --concurrency many --create", "check --max-lag soon", "completion csh", "workflow start ship",
        "workflow cancel a --status PENDING", "workflow resume --status SUCCESS", "workflow get", "workflow get one two", "workflow cancel", "workflow resume", "--db"
    })
    void aWrongCommandLineEndsWithTwoAndLeavesTheOutputEmpty(String line) {
        var result = cli.database("memory:").run(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(result.code()).isEqualTo(ExitCode.USAGE);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("dbos-cli: ").contains("--help").doesNotContain("\tat ");
    }

    @Test
    void withoutADatabaseItSaysHowToNameOne() {
        for (var result : new Cli.Result[] {cli.run("workflow", "list"), cli.database(" ").run("workflow", "list")}) {
            assertThat(result.code()).isEqualTo(ExitCode.USAGE);
            assertThat(result.err()).contains("--db sqlite:orders.db").contains("DBOS_SYSTEM_DATABASE_URL");
        }
    }

    @Test
    void theDatabaseMayBeNamedBeforeOrAfterTheCommandOrByTheEnvironment(@TempDir Path folder) {
        try (var recorded = new Recorded(folder).enqueued("one", "ship", "orders")) {
            assertThat(cli.run("-D", recorded.url, "workflow", "list", "-o", "ids").lines()).containsExactly("one");
            assertThat(cli.run("workflow", "-D", recorded.url, "list", "-o", "ids").lines()).containsExactly("one");
            assertThat(cli.run("workflow", "list", "--db=" + recorded.url, "-o", "ids").lines()).containsExactly("one");
            cli.database("memory:");
            assertThat(cli.run("workflow", "list", "-D", recorded.url, "-o", "ids").lines())
                    .as("the option goes before the environment").containsExactly("one");
            cli.database(recorded.url);
            assertThat(cli.run("workflow", "list", "-o", "ids").lines()).containsExactly("one");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite:", "jdbc:sqlite:"})
    void aMistypedFileDoesNotBecomeADatabase(String scheme, @TempDir Path folder) {
        var file = folder.resolve("oders.db");

        var result = cli.run("workflow", "list", "-D", scheme + file);

        assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(result.err()).contains("there is no database " + file).hasLineCount(1);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aUrlThatNoStoreUnderstandsIsAFailureOnOneLine() {
        var result = cli.run("workflow", "list", "-D", "orders.db");

        assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("'orders.db'").contains("sqlite:").hasLineCount(1);
    }

    @Test
    void aStackTraceIsShownOnDemand() {
        var result = cli.run("workflow", "list", "-D", "orders.db", "--verbose");

        assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(result.err()).contains("SystemDatabaseException").contains("\tat dev.dbosj.");
    }

    @Test
    void whatAnArgumentHoldsCannotReachTheTerminalThroughAMessage() {
        var result = cli.database("memory:").run("workflow", "get", "\u001b[2Jx");

        assertThat(result.code()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(result.err()).contains("\\u001b[2Jx").doesNotContain("\u001b");
        assertThat(cli.run("workflow", "\u001b[2J").err()).doesNotContain("\u001b");
    }
}
