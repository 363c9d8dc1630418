package dev.dbosj.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.TestSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What docs/PROTOCOL-TESTS.md says is tested is tested. */
class ProtocolTestsTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final int INTERLEAVINGS = 65;
    private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| [^|]+ \\| ([^|]+) \\|");
    private static final Pattern TEST = Pattern.compile("`(\\w+)(?:\\.(\\w+))?`");
    private static final Pattern EVENT = Pattern.compile("\"([^\"]+)\"");

    @Test
    void everyInterleavingHasATestOrSaysWhyNot() throws IOException {
        var rows = rows();
        var numbers = rows.stream().map(row -> Integer.valueOf(row.group(1))).toList();
        assertThat(numbers).isEqualTo(IntStream.rangeClosed(1, INTERLEAVINGS).boxed().toList());
        assertThat(rows).allSatisfy(row -> assertThat(row.group(2)).containsPattern("`|not there yet"));
    }

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        var sources = TestSources.ofAllModules();
        assertThat(rows().stream().flatMap(row -> TEST.matcher(row.group(2)).results())).allSatisfy(test -> {
            assertThat(sources.has(test.group(1))).as(test.group()).isTrue();
            if (test.group(2) != null)
                assertThat(sources.has(test.group(1), test.group(2))).as(test.group()).isTrue();
        });
    }

    @Test
    void everyEventThatIsNamedHappens() throws IOException {
        var events = rows().stream()
                .flatMap(row -> EVENT.matcher(row.group(2)).results())
                .map(event -> event.group(1))
                .toList();
        assertThat(events).isNotEmpty().isSubsetOf(SimulationTest.EVENTS);
    }

    private static List<MatchResult> rows() throws IOException {
        var lines = Files.readAllLines(ROOT.resolve("docs").resolve("PROTOCOL-TESTS.md"));
        return lines.stream().flatMap(line -> ROW.matcher(line).results()).toList();
    }
}
