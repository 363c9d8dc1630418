package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Making the tables by hand, for people whose application may not. */
class MigrateTest {
    @TempDir
    private Path folder;

    private Cli cli;

    @BeforeEach
    void onANewFile() {
        cli = new Cli().database("sqlite:" + folder.resolve("new.db"));
    }

    @Test
    void theTablesAreMadeOnce() {
        assertThat(cli.run("migrate").out()).matches("Done: \\d+ migrations?\\.\n");
        assertThat(cli.run("migrate").out()).isEqualTo("The tables are up to date.\n");
        assertThat(cli.run("workflow", "list").code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aCheckChangesNothingAndTellsByItsExitCode() {
        for (int i = 0; i < 2; i++) {
            var check = cli.run("migrate", "--check");
            assertThat(check.code()).isEqualTo(ExitCode.FAILURE);
            assertThat(check.err()).contains("pending").contains("dbos-cli migrate");
        }
        cli.run("migrate");

        assertThat(cli.run("migrate", "--check").code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void theScriptsAreShownAndNotRun() {
        var print = cli.run("migrate", "--print");

        assertThat(print.code()).isEqualTo(ExitCode.OK);
        assertThat(print.out()).contains("create table workflow_status");
        assertThat(cli.run("migrate", "--check").code()).isEqualTo(ExitCode.FAILURE);
    }

    @Test
    void onlyOneThingCanBeAskedFor() {
        assertThat(cli.run("migrate", "--check", "--print").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void otherCommandsDoNotMakeTables() {
        cli.run("migrate", "--check");
        var list = cli.run("workflow", "list");

        assertThat(list.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(list.err()).contains("migrate");
    }
}
