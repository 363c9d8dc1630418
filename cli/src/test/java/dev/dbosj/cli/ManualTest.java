package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written about the commands. {@code -Ddbosj.write=true} writes docs/CLI.md anew. */
class ManualTest {
    private static final Path PAGE = Path.of("..", "docs", "CLI.md");

    @Test
    void theManualIsThatOfTheCommands() throws IOException {
        var manual = Manual.of(Main.commands(new Cli().terminal()));
        if (Boolean.getBoolean("dbosj.write")) Files.writeString(PAGE, manual);

        assertThat(PAGE).as("./mvnw -pl cli -am test -Dtest=ManualTest -Ddbosj.write=true writes it anew")
                .hasContent(manual);
    }

    @ParameterizedTest
    @EnumSource(Completion.Shell.class)
    void everyCommandAndOptionIsCompleted(Completion.Shell shell) {
        var script = new Cli().run("completion", shell.name().toLowerCase()).out();

        assertThat(script).contains("workflow", "resume", "drain", "completion", "oldest-first", "max-lag", "stuck-after");
        if (shell == Completion.Shell.FISH) assertThat(script).contains("-a 'bash zsh fish'").doesNotContain("${");
    }
}
