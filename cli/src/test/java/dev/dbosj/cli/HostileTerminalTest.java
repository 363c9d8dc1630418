package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.dbosj.hostile.HostileTexts;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a database or a command line holds, what reaches the terminal is text on its own line. */
@Tag("T11")
@Timeout(120)
class HostileTerminalTest {
    /** One text in so many, because every command opens the database. */
    private static final int STRIDE =
            System.getProperty("dbosj.seconds") != null ? 1 : "true".equals(System.getenv("CI")) ? 6 : 30;
    private static final long SEED = Long.getLong("dbosj.seed", System.nanoTime() % 1_000_000);
    private static final List<String> FORMATS = List.of("table", "json", "jsonl", "ids");

    @Test
    void whatTheDatabaseHoldsCannotMoveTheCursorNorForgeALine(@TempDir Path folder) {
        var texts = HostileTexts.storable();
        int outputs = 0;
        try (var recorded = new Recorded(folder)) {
            for (var text : texts) record(recorded, text);
            var chosen = some(texts);
            var cli = new Cli().database(recorded.url).interactive().environment("NO_COLOR", "1").environment("COLUMNS", "200");
            for (var format : FORMATS) {
                var workflows = requireSafe(placed(format, cli.run("workflow", "list", "--limit", "1000", "-o", format)));
                requireLines(format, workflows, texts.size());
                var queues = requireSafe(placed(format, cli.run("queue", "list", "-o", format)));
                requireLines(format, queues, texts.size());
                outputs += 2;
                for (var text : chosen) {
                    requireSafe(placed(format, cli.run("workflow", "get", "-o", format, "--", text)));
                    var steps = requireSafe(placed(format, cli.run("workflow", "steps", "-o", format, "--", text)));
                    requireLines(format, steps, format.equals("ids") ? 0 : 1);
                    outputs += 2;
                }
            }
            var ids = cli.run("workflow", "list", "--limit", "1000", "-o", "ids").lines().stream().map(Ids::parse).toList();
            assertThat(ids).containsExactlyInAnyOrderElementsOf(texts);
        }
        System.out.printf("HOSTILE cli output, inputs %d, doors 8, outputs %d, injected 0%n", texts.size(), outputs);
    }

    /** Others each time. */
    private static List<String> some(List<String> texts) {
        int first = (int) (SEED % STRIDE);
        return IntStream.range(0, texts.size()).filter(i -> i % STRIDE == first).mapToObj(texts::get).toList();
    }

    private static void record(Recorded recorded, String text) {
        recorded.running(text, text, "{\"positionalArgs\":[" + Json.onOneLine(new JsonPrimitive(text)) + "]}");
        recorded.queue(WorkflowQueue.named(text));
        recorded.step(text, 0, text, text, null, null);
        recorded.ended(text, WorkflowState.ERROR, null, "{\"name\":%1$s,\"message\":%1$s,\"stackTrace\":%1$s}"
                .formatted(new Gson().toJson(text)));
    }

    /** Without the marks that a table puts round letters from right to left, which nothing else has. */
    private static Cli.Result placed(String format, Cli.Result result) {
        if (!format.equals("table")) return result;
        return new Cli.Result(result.code(), result.out().replace(Text.LEFT_TO_RIGHT, ""), result.err());
    }

    private static List<String> requireSafe(Cli.Result result) {
        assertThat(result.code()).as(result.err()).isZero();
        requireSafe(result.out());
        requireSafe(result.err());
        return result.lines();
    }

    private static void requireSafe(String shown) {
        assertThat(shown.codePoints().filter(c -> c != '\n' && Text.isUnsafe(c)).mapToObj(Integer::toHexString).toList())
                .as(shown)
                .isEmpty();
    }

    private static void requireLines(String format, List<String> lines, int rows) {
        switch (format) {
            case "table" -> assertThat(lines).hasSize(rows + 1); // and its head
            case "json" -> assertThat(JsonParser.parseString(String.join("\n", lines)).getAsJsonArray()).hasSize(rows);
            default -> assertThat(lines).hasSize(rows);
        }
    }

    @Test
    void whatTheCommandLineHoldsIsATextOrAWrongCommandLine(@TempDir Path folder) {
        var texts = new ArrayList<>(HostileTexts.storable());
        texts.addAll(HostileTexts.refused());
        int calls = 0;
        try (var recorded = new Recorded(folder)) {
            recorded.oneOfEachState();
            var cli = new Cli().database(recorded.url);
            for (var text : some(texts)) {
                for (var command : commands(text)) {
                    var result = cli.run(command);
                    assertThat(result.code()).as("%s: %s", List.of(command), result.err())
                            .isIn(ExitCode.OK, ExitCode.FAILURE, ExitCode.USAGE, ExitCode.NOT_FOUND);
                    requireSafe(result.out());
                    requireSafe(result.err());
                    assertThat(result.err()).doesNotContain("\tat ", "Exception");
                    calls++;
                }
            }
            for (var state : WorkflowState.values())
                assertThat(cli.run("workflow", "list", "--status", state.name(), "-o", "ids").out()).isNotBlank();
        }
        System.out.printf("HOSTILE cli arguments, inputs %d, doors 14, calls %d, injected 0%n", texts.size(), calls);
    }

    @Test
    void aWarningOfTheParserDoesNotRepeatAnArgumentAsItIs(@TempDir Path folder) {
        var before = System.err;
        var caught = new ByteArrayOutputStream();
        System.setErr(new PrintStream(caught, true, StandardCharsets.UTF_8));
        try (var recorded = new Recorded(folder)) {
            new Cli().database(recorded.url).run("workflow", "list", "--status=\"\u001B[2J");
        } finally {
            System.setErr(before);
        }
        assertThat(caught.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    private static List<String[]> commands(String text) {
        return List.of(
                new String[] {"workflow", "list", "--name=" + text},
                new String[] {"workflow", "list", "--queue=" + text},
                new String[] {"workflow", "list", "--parent=" + text},
                new String[] {"workflow", "list", "--prefix=" + text},
                new String[] {"workflow", "list", "--status=" + text},
                new String[] {"workflow", "list", "--limit=" + text},
                new String[] {"workflow", "list", "--output=" + text},
                new String[] {"workflow", "get", "--", text},
                new String[] {"workflow", "steps", "--", text},
                new String[] {"workflow", "cancel", "--", text},
                new String[] {"workflow", "resume", "--", text},
                new String[] {"workflow", "x" + text},
                new String[] {"x" + text},
                new String[] {"workflow", "list", "--x" + text});
    }

    /** A table that shows its cells as they are is what this test is to find. */
    @Test
    @Tag("canary")
    void aTableOfRawTextsIsNoticed() {
        long noticed = HostileTexts.storable().stream().filter(text -> isNoticed(List.of("id " + text))).count();
        assertThat(noticed).isGreaterThan(10);
        System.out.printf("HOSTILE canary raw cells caught by inputs %d%n", noticed);
    }

    private static boolean isNoticed(List<String> cells) {
        var shown = String.join("\n", cells);
        try {
            requireSafe(shown);
            requireLines("jsonl", shown.lines().toList(), cells.size());
            return false;
        } catch (AssertionError caught) {
            return true;
        }
    }
}
