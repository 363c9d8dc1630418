package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.dbosj.workflow.WorkflowState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code workflow list} shows of a recorded database. */
class WorkflowListTest {
    /** Printable ASCII in lines, the sign of something cut, and bars. */
    private static final String HARMLESS = "[\\x20-\\x7e\n…·█]*";

    private Recorded recorded;
    private Cli cli;

    @BeforeEach
    void open(@TempDir Path folder) {
        recorded = new Recorded(folder);
        cli = new Cli().database(recorded.url);
    }

    @AfterEach
    void close() {
        recorded.close();
    }

    @Test
    void aTableShowsTheNewestFirstInLocalTime() {
        recorded.oneOfEachState();

        assertThat(list().out()).isEqualTo("""
                WORKFLOW ID  STATUS                          NAME  QUEUE   CREATED              DURATION
                dead         MAX_RECOVERY_ATTEMPTS_EXCEEDED  ship  -       2026-05-01T11:56:04  0ms
                cancelled    CANCELLED                       ship  orders  2026-05-01T11:55:04  -
                error        ERROR                           ship  -       2026-05-01T11:54:04  12ms
                success      SUCCESS                         ship  -       2026-05-01T11:53:00  4.2s
                pending      PENDING                         ship  -       2026-05-01T11:52:00  8m00s
                delayed      DELAYED                         ship  -       2026-05-01T11:51:00  -
                enqueued     ENQUEUED                        ship  orders  2026-05-01T11:50:00  -
                """);
        assertThat(list().err()).isEmpty();
    }

    @Test
    void anEmptyDatabaseIsAnEmptyList() {
        assertThat(list().out()).isEqualTo("WORKFLOW ID  STATUS  NAME  QUEUE  CREATED  DURATION\n");
        assertThat(list("-o", "json").out()).isEqualTo("[]\n");
        assertThat(list("-o", "jsonl").out()).isEmpty();
        assertThat(list("-o", "ids").out()).isEmpty();
    }

    @Test
    void everyStateCanBeAskedFor() {
        recorded.oneOfEachState();

        for (var state : WorkflowState.values()) {
            var id = state == WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED ? "dead" : state.name().toLowerCase();
            assertThat(ids("--status", state.name())).containsExactly(id);
        }
        assertThat(ids("-S", "error", "-S", "SUCCESS")).containsExactly("error", "success");
        assertThat(ids("-S", "error,success")).containsExactly("error", "success");
    }

    @Test
    void filtersNarrowTheList() {
        recorded.running("parent", "sell");
        recorded.enqueued("parent-0", "ship", "orders", "parent").enqueued("parent-1", "bill", "orders", "parent");
        recorded.enqueued("other", "bill", "mail");

        assertThat(ids("-n", "bill")).containsExactly("other", "parent-1");
        assertThat(ids("-q", "orders")).containsExactly("parent-1", "parent-0");
        assertThat(ids("-p", "parent")).containsExactly("parent-1", "parent-0");
        assertThat(ids("--prefix", "parent")).containsExactly("parent-1", "parent-0", "parent");
        assertThat(ids("--prefix", "parent", "-n", "bill", "-S", "enqueued")).containsExactly("parent-1");
        assertThat(ids("-n", "bi%")).isEmpty();
    }

    @Test
    void tenAreShownUnlessMoreAreAskedForInEitherOrder() {
        for (int i = 10; i < 25; i++) recorded.enqueued("w" + i, "ship", "orders");

        assertThat(ids()).hasSize(10).startsWith("w24", "w23").endsWith("w15");
        assertThat(ids("-d")).isEqualTo(ids());
        assertThat(ids("--limit", "100")).hasSize(15);
        assertThat(ids("-l", "3", "--offset", "2")).containsExactly("w22", "w21", "w20");
        assertThat(ids("-l", "3", "--oldest-first")).containsExactly("w10", "w11", "w12");
    }

    @Test
    void onlyAPersonIsToldThatThereMayBeMore() {
        for (int i = 0; i < 10; i++) recorded.enqueued("w" + i, "ship", "orders");

        assertThat(list().err()).isEmpty();
        cli.interactive();
        assertThat(list().err()).contains("--limit");
        assertThat(list("-l", "11").err()).isEmpty();
        assertThat(list("-o", "ids").err()).isEmpty();
    }

    @Test
    void aNarrowTerminalCutsNamesButNeverIds() {
        var id = "0198a1b2-c3d4-7000-8000-0123456789ab";
        recorded.enqueued(id, "aVeryLongNameOfAWorkflowThatTakesALotOfRoom", "orders").running("short", "x");

        cli.environment("COLUMNS", "100");
        assertThat(list().out()).isEqualTo("""
                WORKFLOW ID                           STATUS    NAME           QUEUE   CREATED              DURATION
                short                                 PENDING   x              -       2026-05-01T11:50:00  10m00s
                0198a1b2-c3d4-7000-8000-0123456789ab  ENQUEUED  aVeryLongNam…  orders  2026-05-01T11:50:00  -
                """);
        assertThat(list().lines()).allMatch(line -> Text.width(line) <= 100);
        assertThat(list("--short").out()).contains("0198a1b2-c…3456789ab  ENQUEUED  aVeryLongNameOfAWorkflow");
        cli.environment("COLUMNS", "40");
        assertThat(list().out()).contains(id);
        assertThat(list("--short").lines().getLast()).startsWith("0198a…789ab  ENQUEUED  aVeryLo…  orders");
    }

    @Test
    void aPersonWithANarrowTerminalSeesFewerColumns() {
        recorded.enqueued("0198a1b2-c3d4-7000-8000-0123456789ab", "ship", "orders");
        cli.environment("COLUMNS", "80");

        assertThat(list().out()).contains("QUEUE").contains("DURATION");
        cli.interactive();
        assertThat(list().out()).isEqualTo("""
                WORKFLOW ID                           STATUS    NAME  CREATED
                0198a1b2-c3d4-7000-8000-0123456789ab  ENQUEUED  ship  2026-05-01T11:50:00
                """);
        assertThat(list("--short").out()).contains("QUEUE").contains("DURATION");
    }

    @Test
    void jsonHasTheKeysOfDbosAndPayloadsAsValues() {
        recorded.oneOfEachState();

        var workflows = JsonParser.parseString(list("-o", "json").out()).getAsJsonArray();

        assertThat(workflows).hasSize(7);
        assertThat(workflows.get(0).getAsJsonObject().keySet()).containsExactly(
                "workflow_id", "status", "name", "queue_name", "priority", "queue_partition_key", "input", "output",
                "error", "executor_id", "epoch", "attempts", "parent_workflow_id", "created_at",
                "delay_until_epoch_ms", "started_at", "completed_at");
        var success = find(workflows, "success");
        assertThat(success.get("status").getAsString()).isEqualTo("SUCCESS");
        assertThat(success.get("queue_name").isJsonNull()).isTrue();
        assertThat(success.getAsJsonObject("input").getAsJsonArray("positionalArgs")).isEmpty();
        assertThat(success.getAsJsonObject("output").get("parcels").getAsInt()).isEqualTo(2);
        assertThat(success.get("error").isJsonNull()).isTrue();
        long created = Cli.NOW.minus(Duration.ofMinutes(7)).toEpochMilli();
        assertThat(success.get("created_at").getAsLong()).isEqualTo(created);
        assertThat(success.get("completed_at").getAsLong()).isEqualTo(created + 4_250);
        var error = find(workflows, "error").getAsJsonObject("error");
        assertThat(error.get("message").getAsString()).isEqualTo("no stock");
        assertThat(find(workflows, "pending").get("executor_id").getAsString()).isEqualTo("executor-1");
        assertThat(find(workflows, "enqueued").get("queue_name").getAsString()).isEqualTo("orders");
    }

    @Test
    void jsonLinesAreTheSameObjectsOnePerLine() {
        recorded.oneOfEachState();

        var lines = list("-o", "jsonl").lines();

        assertThat(lines.stream().map(JsonParser::parseString))
                .containsExactlyElementsOf(JsonParser.parseString(list("-o", "json").out()).getAsJsonArray());
    }

    @Test
    void payloadsOfOtherProgramsAreShownAsTheyAre() {
        var inputs = List.of("no json", "{\"open\":", "{a:1}", "[1] [2]", "NaN", "[".repeat(300), "");
        for (int i = 0; i < inputs.size(); i++) recorded.running("w" + i, "ship", inputs.get(i));
        recorded.running("number", "ship", "[12345678901234567890.10, 1e999, \"<é>\"]");

        var workflows = JsonParser.parseString(list("-o", "json", "-l", "100").out()).getAsJsonArray();

        for (int i = 0; i < inputs.size(); i++)
            assertThat(find(workflows, "w" + i).get("input").getAsString()).isEqualTo(inputs.get(i));
        assertThat(list("-o", "jsonl", "-l", "1").out()).contains("[12345678901234567890.10,1e999,\"<é>\"]");
    }

    @Test
    void hostileTextCannotReachTheTerminal() {
        var hostile = "a\u001b[31mb\rc\nd\u009be\u202ef\u0007";
        recorded.running(hostile, hostile + "name", "[\"\u009b\u202e\u007f\"]");
        recorded.step(hostile, 0, hostile, "\"\u009b\"", null, null);

        for (var format : List.of("table", "json", "jsonl", "ids")) {
            assertThat(list("-o", format).out()).isNotEmpty().matches(HARMLESS);
            assertThat(cli.run("workflow", "get", hostile, "-o", format).out()).isNotEmpty().matches(HARMLESS);
            assertThat(cli.run("workflow", "steps", hostile, "-o", format).out()).matches(HARMLESS);
        }
        assertThat(list("--short").out()).matches(HARMLESS);
        assertThat(list().lines()).hasSize(2);
        assertThat(list().lines().getLast())
                .startsWith("a\\u001b[31mb\\u000dc\\u000ad\\u009be\\u202ef\\u0007  PENDING");
        var parsed = JsonParser.parseString(list("-o", "json").out()).getAsJsonArray().get(0).getAsJsonObject();
        assertThat(parsed.get("workflow_id").getAsString()).isEqualTo(hostile);
        assertThat(parsed.getAsJsonArray("input").get(0).getAsString()).isEqualTo("\u009b\u202e\u007f");
    }

    @Test
    void idsComeBackAsTheyWentOut() {
        var hostile = List.of(
                "plain", "with space", " padded ", "a\nplain", "\"quoted\"", "\"half", "-", "--help", "ü日本🙂", "tab\t");
        hostile.forEach(id -> recorded.enqueued(id, "ship", "orders"));

        var listed = list("-o", "ids", "-l", "100", "--oldest-first");

        assertThat(listed.lines()).hasSameSizeAs(hostile);
        assertThat(listed.lines().stream().map(Ids::parse)).containsExactlyElementsOf(hostile);
        assertThat(listed.lines()).contains("plain", "with space", "--help", "ü日本🙂", "\"a\\nplain\"");
    }

    @Test
    void wideCharactersKeepTheColumnsInLine() {
        for (var id : List.of("日本", "abcd", "e\u0301e\u0301e\u0301e\u0301"))
            recorded.enqueued(id, "ship", "orders");

        assertThat(list().lines().stream().skip(1)).allSatisfy(line ->
                assertThat(Text.width(line.substring(0, line.indexOf("ENQUEUED")))).isEqualTo("WORKFLOW ID  ".length()));
    }

    @Test
    void statesAreColouredForAPersonWhoWantsIt() {
        recorded.oneOfEachState();
        cli.interactive();
        assertThat(list().out()).contains("\u001b[32mSUCCESS\u001b[m").contains("\u001b[31mERROR\u001b[m");
        assertThat(plain(list().out())).isEqualTo(new Cli().database(recorded.url).run("workflow", "list").out());
        assertThat(list("-o", "json").out()).doesNotContain("\u001b");

        assertThat(new Cli().database(recorded.url).run("workflow", "list").out()).doesNotContain("\u001b");
        assertThat(cli.environment("NO_COLOR", "1").run("workflow", "list").out()).doesNotContain("\u001b");
    }

    private static String plain(String text) {
        return text.replaceAll("\u001b\\[[0-9;]*m", "");
    }

    private static JsonObject find(JsonArray workflows, String id) {
        for (var workflow : workflows)
            if (workflow.getAsJsonObject().get("workflow_id").getAsString().equals(id))
                return workflow.getAsJsonObject();
        throw new AssertionError("no " + id);
    }

    private List<String> ids(String... options) {
        return list(Stream.concat(Stream.of("-o", "ids"), Stream.of(options)).toArray(String[]::new)).lines();
    }

    private Cli.Result list(String... options) {
        var result = cli.run(Stream.concat(Stream.of("workflow", "list"), Stream.of(options)).toArray(String[]::new));
        assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.OK);
        return result;
    }
}
