package dev.dbosj.lincheck;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** Structures that several threads share behave as if one did one thing after the other; their broken twins do not. */
@Tag("T13")
@Timeout(300)
class LincheckTest {
    private static final int SECONDS = Integer.getInteger("dbosj.seconds", 30);

    /** What can be said after some seconds on one processor for each scenario. */
    private static final int SCENARIOS = Math.clamp(SECONDS / 10, 3, 50);
    private static final int INTERLEAVINGS = 200;

    /** Only in the long form: the checker rewrites half of the JDK before it begins. */
    static boolean isLongForm() {
        return "true".equals(System.getenv("CI")) || System.getProperty("dbosj.seconds") != null;
    }

    @Test
    @EnabledIf("isLongForm")
    void sharedStructuresAreLinearizableAndTheirBrokenTwinsAreNot() throws Exception {
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-XX:+EnableDynamicAgentLoading",
                "-cp", System.getProperty("java.class.path"), Checks.class.getName(),
                String.valueOf(SCENARIOS), String.valueOf(INTERLEAVINGS));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> said;
        try (var output = process.inputReader()) {
            said = output.lines().toList();
        }
        assertThat(process.waitFor()).as(said.stream().collect(Collectors.joining("\n"))).isZero();
        var figures = said.stream().filter(line -> line.startsWith("LINCHECK")).toList();
        assertThat(figures).hasSize(1);
        System.out.println(figures.getFirst());
    }
}
