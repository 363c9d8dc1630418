package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables on narrow and wide terminals and on none, with data that would like to break them. */
class WidthTest {
    private static final String UUID = "0198a1b2-c3d4-7000-8000-0123456789ab";
    private static final List<String> HOSTILE = List.of(
            "\u001b[2J\u001b[31mred", "'; drop table workflow_status; --", "\"quoted\", and, commas", "日本語の注文",
            "🙂🚚📦", "שלום עולם", "مرحبا", "e\u0301e\u0301", "tab\tline\nbreak", "x".repeat(255), "${jndi:ldap://x}", "%s%n%d");
    private static final List<String> TABLES = List.of(
            "workflow list --limit 100", "workflow list --limit 100 --short", "workflow steps " + UUID,
            "workflow events " + UUID, "queue list", "executor list", "stats", "doctor", "check --max-lag 1m");

    @TempDir
    private static Path folder;

    private static Recorded recorded;

    @BeforeAll
    static void record() {
        recorded = new Recorded(folder);
        recorded.running(UUID, "ship", "[\"" + "x".repeat(1_000_000) + "\"]");
        for (int i = 0; i < HOSTILE.size(); i++) {
            var text = HOSTILE.get(i);
            recorded.enqueued(text, text, text, UUID);
            recorded.step(UUID, i, text, i % 2 == 0 ? "\"" + "y".repeat(20_000) + "\"" : null,
                    i % 2 == 0 ? null : "{\"name\":\"Oops\",\"message\":\"\\u001b[2J" + "z".repeat(1_000) + "\"}", null);
            recorded.queue(WorkflowQueue.named(text).rateLimit(5, Duration.ofSeconds(90)));
        }
        recorded.running("deep", "ship", "[".repeat(200) + "]".repeat(200));
        recorded.ended("deep", WorkflowState.ERROR, null, "{\"a\":".repeat(200) + "1" + "}".repeat(200));
    }

    @AfterAll
    static void close() {
        recorded.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 100, 200})
    void noLineOfATableIsWiderThanTheTerminal(int width) {
        var cli = new Cli().database(recorded.url).interactive().environment("COLUMNS", String.valueOf(width));
        for (var table : TABLES) {
            var result = cli.run(table.split(" "));
            for (var line : result.lines())
                assertThat(Text.width(plain(line))).as(table + ": " + line).isLessThanOrEqualTo(width);
            assertThat(result.lines()).as(table).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 100, 200})
    void anIdOfOrdinaryLengthIsWholeAtEveryWidth(int width) {
        var list = new Cli().database(recorded.url).interactive().environment("COLUMNS", String.valueOf(width))
                .run("workflow", "list", "--name", "ship");

        assertThat(list.out()).contains(UUID);
        if (width == 60)
            assertThat(plain(list.out())).isEqualTo("""
                    WORKFLOW ID                           STATUS   NAME
                    deep                                  ERROR    ship
                    0198a1b2-c3d4-7000-8000-0123456789ab  PENDING  ship
                    """);
    }

    @Test
    void withoutATerminalNothingIsColouredAndNoTextMovesTheCursor() {
        for (var command : TABLES) {
            var result = new Cli().database(recorded.url).run(command.split(" "));
            assertThat(result.out()).as(command).doesNotContain("\u001b").doesNotContain("\r", "\t");
        }
        for (var format : List.of("json", "jsonl", "csv", "ids")) {
            var result = new Cli().database(recorded.url).run("workflow", "steps", UUID, "-o", format);
            assertThat(result.out()).as(format).doesNotContain("\u001b").doesNotContain("\r", "\t");
        }
    }

    @Test
    void coloursAreLeftOutWhereTheyAreNotWanted() {
        var cli = new Cli().database(recorded.url).interactive();
        for (var command : List.of("workflow list", "doctor", "stats")) {
            assertThat(cli.run(command.split(" ")).out()).contains("\u001b[");
        }
        cli.environment("NO_COLOR", "1");
        for (var command : TABLES) assertThat(cli.run(command.split(" ")).out()).doesNotContain("\u001b");
        assertThat(new Cli().database(recorded.url).interactive().environment("TERM", "dumb").run("stats").out())
                .doesNotContain("\u001b");
    }

    @Test
    void aWorkflowOfAMegabyteAndADeepOneAreShownInShort() {
        var get = new Cli().database(recorded.url).run("workflow", "get", UUID);
        var deep = new Cli().database(recorded.url).run("workflow", "get", "deep");

        assertThat(get.out()).hasSizeLessThan(20_000).contains("(1000004 characters; -o json shows all)");
        assertThat(deep.code()).isZero();
        assertThat(new Cli().database(recorded.url).run("workflow", "get", UUID, "-o", "json").out()).hasSizeGreaterThan(1_000_000);
    }

    @Test
    void cellsOfCsvKeepQuotesAndCommasTogether() {
        var csv = new Cli().database(recorded.url)
                .run("workflow", "list", "--prefix", "\"quoted", "-o", "csv").lines();

        assertThat(csv.getFirst()).startsWith("workflow_id,status,name,queue_name,priority,");
        assertThat(csv.get(1)).startsWith("\"\"\"quoted\"\", and, commas\",ENQUEUED,\"\"\"quoted\"\", and, commas\",");
        assertThat(csv).hasSize(2);
    }

    private static String plain(String text) {
        return text.replaceAll("\u001b\\[[0-9;]*m", "");
    }
}
