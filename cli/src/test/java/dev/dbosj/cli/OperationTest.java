package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of a whole system, and what is done to its queues. */
class OperationTest {
    private Recorded recorded;
    private Cli cli;

    @BeforeEach
    void open(@TempDir Path folder) {
        recorded = new Recorded(folder, Instant.now());
        cli = new Cli().now().database(recorded.url);
    }

    @AfterEach
    void close() {
        recorded.close();
    }

    @Test
    void aQueueIsCreatedAndItsLimitsAreSetOneByOne() {
        assertThat(cli.run("queue", "set", "mail", "--rate", "5/1m").code()).isEqualTo(ExitCode.NOT_FOUND);

        assertThat(cli.run("queue", "set", "mail", "--create", "--rate", "100/m", "--concurrency", "7").out()).isEqualTo("mail: set\n");
        assertThat(cli.run("queue", "set", "mail", "--worker-concurrency", "3", "--concurrency", "none",
                "--partition-rate", "2/10s", "--priority-aging", "30s").code()).isZero();

        assertThat(cli.run("queue", "show", "mail").out()).isEqualTo("""
                queue                         mail
                state                         ACTIVE
                enqueued                      0
                delayed                       0
                running                       0
                dead letters                  0
                concurrency                   unlimited
                worker concurrency            3
                rate                          100/1m
                partition concurrency         unlimited
                partition worker concurrency  unlimited
                partition rate                2/10s
                priority aging                30s
                max depth                     unlimited
                attempt timeout               none
                max attempts                  1; what throws ends in ERROR
                """);
        assertThat(cli.run("queue", "set", "mail").out()).isEqualTo("mail: as it was\n");
        assertThat(cli.run("queue", "set", "mail", "--concurrency", "0").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aQueueIsBoundedAndItsWorkflowsAreTriedAgain() {
        assertThat(cli.run("queue", "set", "mail", "--create", "--max-depth", "500", "--attempt-timeout", "10m",
                "--max-attempts", "5").code()).isZero();
        assertThat(cli.run("queue", "get", "mail").lines()).contains(
                "max depth                     500; one more is refused",
                "attempt timeout               10m",
                "max attempts                  5",
                "interval                      1s, × 2 each time, at most 1h, jitter 0.1",
                "retry on                      java.lang.Exception",
                "abort on                      none");

        assertThat(cli.run("queue", "set", "mail", "--block", "10s", "--interval", "90s", "--backoff-rate", "1.5",
                "--jitter", "0", "--max-interval", "2h", "--abort-on", "java.io.IOException,Refused").code()).isZero();
        assertThat(cli.run("queue", "set", "mail", "--max-attempts", "7").code()).isZero();
        assertThat(cli.run("queue", "show", "mail").lines()).contains(
                "max depth                     500; one more waits up to 10s for room",
                "attempt timeout               10m",
                "max attempts                  7",
                "interval                      90s, × 1.5 each time, at most 2h, jitter 0",
                "abort on                      Refused, java.io.IOException");
        assertThat(cli.run("queue", "show", "mail", "-o", "jsonl").out()).contains(
                "\"priority_aging_ms\":null,\"max_depth\":500,\"block_ms\":10000,\"attempt_timeout_ms\":600000,"
                        + "\"max_attempts\":7,\"interval_ms\":90000,\"backoff_rate\":1.5,\"max_interval_ms\":7200000,"
                        + "\"jitter\":0.0,\"retry_on\":[\"java.lang.Exception\"],"
                        + "\"abort_on\":[\"Refused\",\"java.io.IOException\"]");
    }

    @Test
    void whatAQueueHasIsSwitchedOffAgain() {
        recorded.queue(WorkflowQueue.named("mail").maxDepth(5, Duration.ofSeconds(1)).priorityAging(Duration.ofSeconds(1))
                .attemptTimeout(Duration.ofMinutes(1)).retries(RetryPolicy.attempts(3).abortOn(IOException.class)));

        assertThat(cli.run("queue", "set", "mail", "--block", "none", "--abort-on", "none").code()).isZero();
        assertThat(cli.run("queue", "show", "mail").lines())
                .contains("max depth                     5; one more is refused", "abort on                      none");
        assertThat(cli.run("queue", "set", "mail", "--max-depth", "none", "--attempt-timeout", "none",
                "--max-attempts", "none", "--priority-aging", "none").code()).isZero();
        assertThat(cli.run("queue", "show", "mail").out()).endsWith("""
                priority aging                none
                max depth                     unlimited
                attempt timeout               none
                max attempts                  1; what throws ends in ERROR
                """);
        assertThat(cli.run("queue", "show", "mail", "-o", "jsonl").out())
                .contains("\"max_attempts\":null", "\"retry_on\":null");
    }

    @Test
    void whatAQueueCannotBeIsRefused() {
        recorded.queue(WorkflowQueue.named("mail"));

        for (var wrong : new String[] {"--max-depth 0", "--max-attempts 1001", "--max-attempts 3 --jitter 2",
            "--rate none/1m", "--max-attempts 3 --backoff-rate x", "--attempt-timeout 31d", "--max-depth 5 --block 2d"}) {
            var result = cli.run(("queue set mail " + wrong).split(" "));
            assertThat(result.code()).as(wrong).isEqualTo(ExitCode.USAGE);
            assertThat(result.err()).as(wrong).doesNotContain("Exception");
        }
        assertThat(cli.run("queue", "set", "mail", "--block", "1s").err()).contains("--max-depth says how many may wait");
        assertThat(cli.run("queue", "set", "mail", "--interval", "1s").err()).contains("--max-attempts says how many");
        assertThat(cli.run("queue", "set", "mail").out()).isEqualTo("mail: as it was\n");
    }

    @Test
    void aQueueIsPausedDrainedAndResumed() {
        recorded.queue(WorkflowQueue.named("orders")).enqueued("a", "ship", "orders");

        assertThat(cli.run("queue", "pause", "orders").out()).isEqualTo("orders: paused; 1 wait, 0 still run\n");
        assertThat(cli.run("queue", "list").out()).contains("PAUSED");
        assertThat(cli.run("queue", "drain", "orders").out()).isEqualTo("orders: draining; 1 wait, 0 run\n");
        assertThat(cli.run("queue", "drain", "orders", "--timeout", "10ms").code()).isEqualTo(ExitCode.FAILURE);
        assertThat(cli.run("workflow", "cancel", "a").code()).isZero();
        assertThat(cli.run("queue", "drain", "orders", "--timeout", "1m").out()).isEqualTo("orders: empty\n");
        assertThat(cli.run("queue", "resume", "orders").out()).isEqualTo("orders: active\n");
        for (var command : new String[] {"show", "pause", "resume", "drain"})
            assertThat(cli.run("queue", command, "nothing").code()).as(command).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void statsShowTheWholeDatabase() {
        recorded.oneOfEachState().queue(WorkflowQueue.named("orders"));

        assertThat(cli.run("stats").out()).contains("MAX_RECOVERY_ATTEMPTS_EXCEEDED          1", "executors: 1 alive");
        var json = JsonParser.parseString(cli.run("stats", "-o", "json").out()).getAsJsonObject();
        for (var state : WorkflowState.values()) assertThat(json.get(state.name()).getAsInt()).isOne();
        assertThat(json.get("lag_ms").getAsLong()).isGreaterThanOrEqualTo(600_000);
    }

    @Test
    void whatIsWatchedIsShownAgainInPlace() {
        recorded.enqueued("a", "ship", "orders");

        var screen = cli.interactive().environment("LINES", "5").looks(3).run("workflow", "list", "--watch=1s");

        assertThat(screen.code()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(screen.out()).startsWith("\u001b[H\u001b[J\u001b[HWORKFLOW ID").contains("\u001b[K\n");
        assertThat(screen.out().split("\u001b\\[H")).hasSize(1 + 1 + 3);
        var pipe = new Cli().database(recorded.url).looks(2).run("queue", "list", "-w", "-o", "ids");
        assertThat(pipe.out()).isEqualTo("orders\n\norders\n\n");
    }

    @Test
    void aCheckSaysWhichLimitsAreBroken() {
        recorded.oneOfEachState();

        var broken = cli.run("check", "--max-lag", "1m", "--max-dlq", "0", "--max-age", "1m", "--max-failed", "0",
                "--min-executors", "1");
        assertThat(broken.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(broken.out()).matches("""
                FAILED   lag: queue orders lags by 1\\dm\\d\\ds, more than 1m
                FAILED   age: 1 run for longer than 1m, more than 0
                FAILED   failed: 1 have failed in the last 1h, more than 0
                FAILED   dlq: 1 are dead letters, more than 0
                OK       executors: 1 alive
                """);
        assertThat(cli.run("check", "--max-lag", "1h", "--max-dlq", "1", "--max-age", "1h", "--max-failed", "1").code()).isZero();
        assertThat(cli.run("check", "--max-lag", "1m", "--queue", "mail").code()).isZero();
        assertThat(cli.run("check", "--min-executors", "2", "-o", "jsonl").out()).isEqualTo(
                "{\"check\":\"executors\",\"grade\":\"FAILED\",\"finding\":\"1 alive, fewer than 2\",\"advice\":null}\n");
        assertThat(cli.run("check").out()).startsWith("OK       database: SQLite 3.");
    }

    @Test
    void theDoctorFindsWhatKeepsWorkflowsFromGettingOn() throws SQLException {
        recorded.enqueued("lost", "unheard of", "ordres");
        recorded.running("slow", "ship");
        try (var connection = DriverManager.getConnection("jdbc:" + recorded.url);
                var statement = connection.createStatement()) {
            statement.execute("drop index workflow_by_parent");
        }

        var doctor = cli.run("doctor", "--stuck-after", "5m");

        assertThat(doctor.code()).isEqualTo(ExitCode.FAILURE);
        assertThat(doctor.out())
                .contains("OK       connection: SQLite 3.")
                .contains("FAILED   indexes: missing or invalid: workflow_by_parent")
                .contains("FAILED   queues: queue 'ordres' holds 1 workflows and nobody has registered it")
                .contains("FAILED   names: 1 workflows named 'unheard of' wait and no executor knows that name")
                .contains("WARNING  stuck: 1 run for longer than 5m: slow")
                .contains("           'dbos-cli workflow get' shows at which step");
    }

    @Test
    void aHealthyDatabaseNeedsNoDoctor() {
        var doctor = cli.run("doctor", "-o", "jsonl");

        assertThat(doctor.code()).as(doctor.out()).isZero();
        assertThat(doctor.lines()).hasSize(8).allMatch(line -> line.contains("\"grade\":\"OK\""));
    }

    @Test
    void theOnlyDatabaseOfAFolderNeedsNoName(@TempDir Path other) throws IOException {
        recorded.enqueued("a", "ship", "orders");
        var folder = Path.of(recorded.url.substring("sqlite:".length())).getParent();

        assertThat(new Cli().in(folder).run("workflow", "list", "-o", "ids").out()).isEqualTo("a\n");
        Files.writeString(other.resolve("notes.db"), "not a database");
        var none = new Cli().in(other).run("workflow", "list");
        assertThat(none.code()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).doesNotContain("notes.db");
        try (var second = new Recorded(other)) {
            second.enqueued("b", "ship", "orders");
            assertThat(new Cli().in(other).run("workflow", "list", "-o", "ids").out()).isEqualTo("b\n");
            Files.copy(other.resolve("orders.db-executors"), other.resolve("mail.db-executors"));
            Files.writeString(other.resolve("mail.db"), "");
            var two = new Cli().in(other).run("workflow", "list");
            assertThat(two.code()).isEqualTo(ExitCode.USAGE);
            assertThat(two.err()).contains("mail.db", "orders.db");
        }
    }
}
