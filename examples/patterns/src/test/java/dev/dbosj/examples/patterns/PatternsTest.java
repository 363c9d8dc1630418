package dev.dbosj.examples.patterns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each pattern shows what it says. */
@Timeout(60)
class PatternsTest {
    private static String run(String... arguments) throws Exception {
        var bytes = new ByteArrayOutputStream();
        assertThat(Main.run(List.of(arguments), new PrintStream(bytes, true, StandardCharsets.UTF_8))).isZero();
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static int number(String pattern, String said) {
        var match = Pattern.compile(pattern).matcher(said);
        assertThat(match.find()).as("%s in %s", pattern, said).isTrue();
        return Integer.parseInt(match.group(1));
    }

    @Test
    void nobodyWaitsForTheFlood() throws Exception {
        var said = run("fair-tenants");
        for (var tenant : List.of("ann", "bob", "cleo"))
            assertThat(number(tenant + " +waits for (-?\\d+) jobs", said)).isLessThan(20);
        assertThat(said).contains("all 203 jobs are done");
    }

    @Test
    void callsAreSpreadOverTheSeconds() throws Exception {
        var lines = run("rate-limited-api").lines().filter(line -> line.contains("#")).toList();
        assertThat(lines.stream().mapToLong(line -> line.chars().filter(mark -> mark == '#').count()).sum()).isEqualTo(50);
        // The third twenty come two seconds after the first, of which one may have begun late.
        assertThat(Double.parseDouble(lines.getLast().split("s")[0])).isGreaterThan(1);
    }

    @Test
    void manyEditsAreFewWorkflowsAndTheLastOneIsNotLost() throws Exception {
        var said = run("debounce");
        assertThat(number("are (\\d+) workflows", said)).isBetween(1, 10);
        assertThat(said).endsWith("indexed 'edit 30'\n");
    }

    @Test
    void aDeadLetterGoesOnWhereItFailed(@TempDir Path folder) throws Exception {
        var said = run("dead-letters", "sqlite:" + folder.resolve("orders.db"));
        assertThat(said).containsOnlyOnce("a lamp is reserved").contains("attempt 3 failed in step 1, the last one")
                .endsWith("a lamp is paid\n");
    }

    @Test
    void aQueueRefusesOrBlocks() throws Exception {
        var said = run("back-pressure");
        assertThat(number("refusing: (\\d+) of 30", said)).isBetween(10, 20);
        assertThat(said).contains("blocking: all 30 accepted", "are done");
    }

    @Test
    void manyRowsAreFewInsertsAndABadOneFailsAlone() throws Exception {
        var said = run("batches");
        assertThat(said).containsOnlyOnce("failed alone: a row without content");
        assertThat(number("99 of 100 rows stored by (\\d+) inserts", said)).isBetween(4, 20);
    }

    @Test
    void anUnknownPatternIsRefused() throws Exception {
        assertThat(Main.run(List.of("nonsense"), new PrintStream(new ByteArrayOutputStream()))).isEqualTo(2);
    }
}
