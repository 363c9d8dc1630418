package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code workflow get}, {@code workflow steps} and {@code queue list} show of a recorded database. */
class WorkflowGetTest {
    private static final String ERROR = """
            {"name":"java.io.IOException","message":"no stock\\u001b[m",\
            "stackTrace":"shop.Ship.ship(Ship.java:7)\\nshop.Main.main(Main.java:3)",\
            "cause":{"name":"java.lang.IllegalStateException","message":"empty"}}""";

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
    void aWorkflowIsShownWithItsInputAndItsFailure() {
        recorded.running("w", "ship", "{\"positionalArgs\":[7]}").after(Duration.ofSeconds(75));
        recorded.ended("w", WorkflowState.ERROR, null, ERROR);

        assertThat(cli.run("workflow", "get", "w").out()).isEqualTo("""
                workflow id   w
                status        ERROR
                name          ship
                attempts      0
                created       2026-05-01T11:50:00+02:00 (10m00s ago)
                started       2026-05-01T11:50:00+02:00 (10m00s ago)
                completed     2026-05-01T11:51:15+02:00 (8m45s ago)
                duration      1m15s
                input         {"positionalArgs":[7]}
                error         java.io.IOException: no stock\\u001b[m
                                  at shop.Ship.ship(Ship.java:7)
                                  at shop.Main.main(Main.java:3)
                              caused by java.lang.IllegalStateException: empty
                """);
    }

    @Test
    void aLongPayloadIsCutExceptInJson() {
        recorded.running("w", "ship", "[\"" + "x".repeat(5_000) + "\"]");

        assertThat(cli.run("workflow", "get", "w").out())
                .contains("xxx… (5004 characters; -o json shows all)").hasSizeLessThan(3_000);
        assertThat(cli.run("workflow", "get", "w", "-o", "json").out()).contains("x".repeat(5_000));
    }

    @Test
    void oneWorkflowIsOneObject() {
        recorded.oneOfEachState();

        var json = JsonParser.parseString(cli.run("workflow", "get", "success", "-o", "json").out());

        assertThat(json.getAsJsonObject().getAsJsonObject("output").get("parcels").getAsInt()).isEqualTo(2);
        assertThat(cli.run("workflow", "get", "success", "-o", "jsonl").lines()).hasSize(1);
        assertThat(cli.run("workflow", "get", "success", "-o", "ids").out()).isEqualTo("success\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "steps"})
    void aWorkflowThatDoesNotExistEndsWithFour(String command) {
        var result = cli.run("workflow", command, "nobody", "-o", "json");

        assertThat(result.code()).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).isEqualTo("dbos-cli: there is no workflow nobody\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"get", "steps", "cancel", "resume"})
    void whatCannotBeAnIdIsAWrongCommandLine(String command) {
        for (var id : new String[] {"", " ", "x".repeat(256), "\u0000"}) {
            var result = cli.run("workflow", command, id);

            assertThat(result.code()).isEqualTo(ExitCode.USAGE);
            assertThat(result.out()).isEmpty();
            assertThat(result.err()).startsWith("dbos-cli: workflow id ").hasLineCount(1);
        }
    }

    @Test
    void anIdThatLooksLikeAnOptionFollowsTwoDashes() {
        recorded.enqueued("--help", "ship", "orders");

        assertThat(cli.run("workflow", "get", "-o", "ids", "--", "--help").out()).isEqualTo("--help\n");
    }

    @Test
    void stepsAreShownInTheirOrderWithWhatTheyReturned() {
        recorded.running("w", "ship").step("w", 0, "pack", "{\"weight\":3}", null, null);
        recorded.step("w", 1, "label", null, ERROR, null).step("w", 2, "send", null, null, "w-2");

        assertThat(cli.run("workflow", "steps", "w").out()).isEqualTo("""
                STEP  NAME   STARTED              DURATION  CHILD  RESULT
                0     pack   2026-05-01T11:50:00  1.5s      -      {"weight":3}
                1     label  2026-05-01T11:50:00  1.5s      -      IOException: no stock\\u001b[m
                2     send   2026-05-01T11:50:00  1.5s      w-2    -
                """);
        assertThat(cli.run("workflow", "steps", "w", "-o", "ids").out()).as("the children").isEqualTo("w-2\n");
    }

    @Test
    void stepsInJsonHoldTheirPayloadsAsValues() {
        recorded.running("w", "ship").step("w", 0, "pack", "{\"weight\":3}", null, null);
        recorded.step("w", 1, "send", null, ERROR, "w-1");

        var steps = JsonParser.parseString(cli.run("workflow", "steps", "w", "-o", "json").out()).getAsJsonArray();

        assertThat(steps).hasSize(2);
        var first = steps.get(0).getAsJsonObject();
        assertThat(first.keySet()).containsExactly(
                "step", "name", "output", "error", "child_workflow_id", "started_at", "completed_at");
        assertThat(first.get("step").getAsInt()).isZero();
        assertThat(first.getAsJsonObject("output").get("weight").getAsInt()).isEqualTo(3);
        assertThat(first.get("completed_at").getAsLong() - first.get("started_at").getAsLong()).isEqualTo(1_500);
        var second = steps.get(1).getAsJsonObject();
        assertThat(second.get("child_workflow_id").getAsString()).isEqualTo("w-1");
        var cause = second.getAsJsonObject("error").getAsJsonObject("cause");
        assertThat(cause.get("message").getAsString()).isEqualTo("empty");
    }

    @Test
    void queuesAreListedWithTheirLimits() {
        recorded.queue(WorkflowQueue.named("orders").concurrency(20).workerConcurrency(10)).queue(WorkflowQueue.named("mail"));

        assertThat(cli.run("queue", "list").out()).isEqualTo("""
                QUEUE   STATE   ENQUEUED  DELAYED  RUNNING  LAG  CONCURRENCY  PER WORKER       RATE
                mail    ACTIVE         0        0        0    -    unlimited   unlimited  unlimited
                orders  ACTIVE         0        0        0    -           20          10  unlimited
                """);
        var orders = JsonParser.parseString(cli.run("queue", "show", "orders", "-o", "json").out()).getAsJsonObject();
        assertThat(orders.get("name").getAsString()).isEqualTo("orders");
        assertThat(orders.get("concurrency").getAsInt()).isEqualTo(20);
        assertThat(orders.get("worker_concurrency").getAsInt()).isEqualTo(10);
        assertThat(orders.get("rate_limit").isJsonNull()).isTrue();
        assertThat(cli.run("queue", "list", "-o", "ids").lines()).containsExactly("mail", "orders");
    }
}
