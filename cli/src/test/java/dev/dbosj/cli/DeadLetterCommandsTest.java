package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.dbosj.DBOS;
import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code dlq} shows of workflows that have failed for good, and does to them. */
@Timeout(60)
class DeadLetterCommandsTest {
    private static final String QUEUE = "orders";

    private DBOSRuntime dbos;
    private DBOSClient client;
    private Cli cli;
    private volatile boolean repaired;

    @Workflow
    String ship(String parcel) {
        return DBOS.runStep("send", () -> {
            if (!repaired) throw new IllegalStateException("no lorry for " + parcel);
            return parcel + " sent";
        });
    }

    @BeforeEach
    void launch(@TempDir Path folder) throws Exception {
        var url = "sqlite:" + folder.resolve("orders.db");
        dbos = DBOSRuntime.create(DBOSConfig.named("orders").databaseUrl(url).shutdownHook(false));
        dbos.register(this);
        dbos.registerQueue(WorkflowQueue.named(QUEUE)
                .retries(RetryPolicy.attempts(2).interval(Duration.ofMillis(1)).jitter(0)));
        client = dbos.launch();
        cli = new Cli().database(url);
        for (var parcel : new String[] {"a", "b", "c"})
            client.enqueue(WorkflowOptions.id(parcel), QUEUE, "ship", parcel);
        for (var parcel : new String[] {"a", "b", "c"}) await(parcel, WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);
    }

    @AfterEach
    void close() {
        dbos.close();
    }

    private void await(String id, WorkflowState state) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (client.getWorkflow(id).status() != state) {
            assertThat(System.nanoTime()).as("time at which %s is %s", id, state).isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    @Test
    void eachIsListedWithTheErrorThatWasItsEndAndItsAttempts() {
        assertThat(cli.run("dlq", "list", "-o", "ids", "--oldest-first").out()).isEqualTo("a\nb\nc\n");
        assertThat(cli.run("dlq", "list").out()).contains("no lorry for a", "no lorry for c");

        var attempts = cli.run("dlq", "attempts", "a", "-o", "json").out();
        assertThat(JsonParser.parseString(attempts).getAsJsonArray()).hasSize(2).last().satisfies(last -> {
            assertThat(last.getAsJsonObject().get("dead").getAsBoolean()).isTrue();
            assertThat(last.getAsJsonObject().get("step").getAsInt()).isZero();
        });
        assertThat(cli.run("dlq", "attempts", "nobody").code()).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void oneIsRedrivenWithOtherArgumentsAndIsNoDeadLetterAnyMore() throws Exception {
        repaired = true;
        assertThat(cli.run("dlq", "redrive", "a", "--arguments", "[\"z\"]", "--from-step", "0").out())
                .startsWith("a: redriven, ");
        await("a", WorkflowState.SUCCESS);
        assertThat(client.getWorkflow("a").output()).isEqualTo("\"z sent\"");

        var again = cli.run("dlq", "redrive", "a");
        assertThat(again.code()).isEqualTo(ExitCode.CONFLICT);
        assertThat(again.err()).contains("it is no dead letter but SUCCESS");
        assertThat(cli.run("dlq", "redrive", "b", "--arguments", "{}").code()).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("dlq", "redrive", "b", "--rate", "5").code()).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("dlq", "redrive", "nobody").code()).isEqualTo(ExitCode.NOT_FOUND);
    }

    @Test
    void manyAreRedrivenAtARate() throws Exception {
        repaired = true;
        assertThat(cli.run("dlq", "redrive", "--queue", QUEUE, "--dry-run").code()).isZero();
        assertThat(cli.run("dlq", "redrive", "--queue", QUEUE, "--rate", "2").code()).isEqualTo(ExitCode.USAGE);
        assertThat(cli.run("dlq", "redrive", "--queue", QUEUE, "--rate", "2", "--yes").out())
                .endsWith("Redriven: 3 workflows.\n");
        for (var parcel : new String[] {"a", "b", "c"}) await(parcel, WorkflowState.SUCCESS);
        assertThat(cli.run("dlq", "list", "-o", "ids").out()).isEmpty();
    }

    @Test
    void workflowRetryDoesTheSame() throws Exception {
        repaired = true;
        assertThat(cli.run("workflow", "retry", "a").out()).startsWith("a: redriven, ");
        assertThat(cli.run("workflow", "retry", "--queue", QUEUE, "--rate", "10", "--yes").out())
                .endsWith("Redriven: 2 workflows.\n");
        for (var parcel : new String[] {"a", "b", "c"}) await(parcel, WorkflowState.SUCCESS);
        assertThat(cli.run("workflow", "retry", "a").err()).contains("it is no dead letter but SUCCESS");
    }

    @Test
    void whatMayBeTriedOnceIsNotTriedAgain() throws Exception {
        dbos.registerQueue(WorkflowQueue.named("once"));
        client.enqueue(WorkflowOptions.id("d"), "once", "ship", "d");
        await("d", WorkflowState.ERROR);

        var retry = cli.run("workflow", "retry", "d");
        assertThat(retry.code()).isEqualTo(ExitCode.CONFLICT);
        assertThat(retry.err()).contains("it ended in ERROR for good", "queue set --max-attempts");
        assertThat(cli.run("workflow", "retry", "--status", "ERROR").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void purgedOnesAreGone() {
        assertThat(cli.run("dlq", "purge", "a").out()).isEqualTo("a: purged\n");
        assertThat(cli.run("dlq", "purge", "--prefix", "b", "--yes").out()).endsWith("Purged: 1 workflow.\n");
        assertThat(cli.run("dlq", "list", "-o", "ids").out()).isEqualTo("c\n");
        assertThat(cli.run("workflow", "get", "a").code()).isEqualTo(ExitCode.NOT_FOUND);
    }
}
