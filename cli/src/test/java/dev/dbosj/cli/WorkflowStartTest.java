package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code workflow start} enqueues, where nobody takes it. */
class WorkflowStartTest {
    private Recorded recorded;
    private Cli cli;

    @BeforeEach
    void open(@TempDir Path folder) {
        recorded = new Recorded(folder, Instant.now()).queue(WorkflowQueue.named("orders"));
        cli = new Cli().now().database(recorded.url);
    }

    @AfterEach
    void close() {
        recorded.close();
    }

    private Cli.Result start(String... options) {
        var line = new ArrayList<>(List.of("workflow", "start", "ship", "--queue", "orders"));
        line.addAll(List.of(options));
        return cli.run(line.toArray(String[]::new));
    }

    private JsonObject started(String id) {
        return JsonParser.parseString(cli.run("workflow", "get", id, "-o", "json").out()).getAsJsonObject();
    }

    @Test
    void itsIdIsPrintedAndItsArgumentsAreJsonOrText() {
        assertThat(start("--id", "a", "{\"n\":1}", "book", "7", "--priority", "3", "--partition", "north").out())
                .isEqualTo("a\n");

        assertThat(started("a").get("input").toString()).contains("[{\"n\":1},\"book\",7]");
        assertThat(started("a").get("priority").getAsInt()).isEqualTo(3);
        assertThat(started("a").get("queue_partition_key").getAsString()).isEqualTo("north");
        assertThat(start("--id", "a").out()).as("it is not started again").isEqualTo("a\n");
        assertThat(cli.run("workflow", "enqueue", "bill", "--queue", "orders", "--id", "a").code())
                .isEqualTo(ExitCode.CONFLICT);
    }

    @Test
    void itMayBeginLater() {
        start("--id", "delayed", "--delay", "2h");
        start("--id", "tomorrow", "--start-at", "2100-01-01T10:00:00Z");

        assertThat(recorded.state("delayed")).isEqualTo(WorkflowState.DELAYED);
        assertThat(started("tomorrow").get("delay_until_epoch_ms").getAsLong())
                .isEqualTo(Instant.parse("2100-01-01T10:00:00Z").toEpochMilli());
        for (var past : new String[] {"2h", "2026-05-01", "now"}) {
            var refused = start("--start-at", past);
            assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
            assertThat(refused.err()).contains("--start-at " + past + " is past", "--delay");
        }
        assertThat(start("--delay", "2h", "--start-at", "2100-01-01").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aSecondOneUnderTheSameKeyIsRefusedOrIsTheFirst() {
        assertThat(start("--id", "first", "--deduplication-id", "k").code()).isZero();

        var second = start("--id", "second", "--deduplication-id", "k");
        assertThat(second.code()).isEqualTo(ExitCode.CONFLICT);
        assertThat(second.err().lines()).hasSize(1).first().asString().contains("first");
        assertThat(start("--deduplication-id", "k", "--deduplication-policy", "return_existing").out())
                .isEqualTo("first\n");
        assertThat(start("--deduplication-policy", "reject").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void callsUnderADebounceKeyAreOneWorkflowWithTheLastArguments() {
        var first = start("old", "--debounce", "k", "--debounce-period", "1h", "--debounce-at-most", "2h");
        var second = start("new", "--debounce", "k", "--debounce-period", "1h", "--debounce-at-most", "2h");

        assertThat(first.code()).as(first.err()).isZero();
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(started(first.out().strip()).get("input").toString()).contains("new").doesNotContain("old");
        assertThat(start("--debounce", "k", "--debounce-period", "1h").code()).isEqualTo(ExitCode.USAGE);
        assertThat(start("--debounce-period", "1h").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aQueueThatNobodyHasRegisteredIsMentioned() {
        var started = cli.run("workflow", "start", "ship", "--queue", "ordres", "--id", "a");

        assertThat(started.out()).isEqualTo("a\n");
        assertThat(started.err()).contains("Nobody has registered queue 'ordres'");
    }
}
