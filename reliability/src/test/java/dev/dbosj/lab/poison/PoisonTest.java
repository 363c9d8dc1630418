package dev.dbosj.lab.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each workflow that cannot run ends alone and says why, also one that takes its process along; all others go on. */
@Tag("T9")
@Timeout(180)
class PoisonTest {
    private static final String QUEUE = "queue";
    private static final int INNOCENT = 30;

    /** More than enough: each of the workflows that kill takes two along. */
    private static final int MOST_LIVES = 20;

    private static final Duration POLL = Duration.ofMillis(20);
    private static final List<String> HALF_DONE = List.of("renamed", "reordered", "recorded");

    /** Of each workflow how it is to end, and what its error says. */
    private static final Map<String, String> EXPECTED = new LinkedHashMap<>();

    static {
        EXPECTED.put("halts", "MAX_RECOVERY_ATTEMPTS_EXCEEDED lost its executor 2 times");
        EXPECTED.put("overflows", "ERROR StackOverflowError");
        EXPECTED.put("exhausts", "MAX_RECOVERY_ATTEMPTS_EXCEEDED lost its executor 2 times");
        EXPECTED.put("throwsError", "ERROR it is over");
        EXPECTED.put("renamed", "ERROR NonDeterministicWorkflowException");
        EXPECTED.put("reordered", "ERROR NonDeterministicWorkflowException");
        EXPECTED.put("recorded", "ERROR PayloadException");
        EXPECTED.put("typed", "ERROR PayloadException");
        EXPECTED.put("loops", "CANCELLED");
    }

    @TempDir
    Path folder;

    private String url;
    private Process process;
    private int lives;
    private int mostLives = MOST_LIVES;

    @Test
    void whatCannotRunStopsAloneAndVisibly() throws Exception {
        try (var client = connect()) {
            beginWithTheOldCode(client);
            for (int i = 0; i < INNOCENT; i++) client.enqueue(WorkflowOptions.id("innocent-" + i), QUEUE, "innocent", i);
            client.enqueue(WorkflowOptions.id("typed"), QUEUE, "typed", "no order at all");
            for (var name : EXPECTED.keySet()) if (!name.equals("typed") && !HALF_DONE.contains(name)) enqueue(client, name);
            for (int i = 0; i < INNOCENT; i++) client.enqueue(WorkflowOptions.id("later-" + i), QUEUE, "innocent", i);
            runUntil(2, () -> active(client).equals(List.of("loops")));
            client.cancelWorkflow("loops");
            check(client);
        } finally {
            end();
        }
    }

    /** Without the limit of deaths one process would follow the other for ever. */
    @Test
    @Tag("canary")
    void whatKillsItsProcessWithoutALimitIsNoticed() throws Exception {
        mostLives = 3;
        try (var client = connect()) {
            enqueue(client, "haltsUncounted");
            assertThatThrownBy(() -> runUntil(2, () -> active(client).isEmpty()))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("processes that were started");
            assertThat(active(client)).containsExactly("haltsUncounted");
        } finally {
            end();
        }
        System.out.printf("CANARY limit of deaths: process %d in a row was killed by the same workflow%n", mostLives);
    }

    private DBOSClient connect() {
        url = "sqlite:" + folder.resolve("poison.db");
        var client = DBOSClient.connect(DBOSConfig.named("poison").databaseUrl(url).pollInterval(POLL));
        client.registerQueue(WorkflowQueue.named(QUEUE));
        return client;
    }

    private static void enqueue(DBOSClient client, String name) {
        client.enqueue(WorkflowOptions.id(name), QUEUE, name);
    }

    /** What is recorded then does not fit what comes. */
    private void beginWithTheOldCode(DBOSClient client) throws Exception {
        HALF_DONE.forEach(name -> enqueue(client, name));
        runUntil(1, () -> HALF_DONE.stream().allMatch(name -> isWaiting(client, name)));
        end();
        damage("recorded");
    }

    private static boolean isWaiting(DBOSClient client, String name) {
        return client.listWorkflowSteps(name).stream().anyMatch(step -> step.name().equals("DBOS.recv"));
    }

    private void damage(String workflowId) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("poison.db"));
                var update = connection.prepareStatement("""
                        update operation_outputs set output = '"tex'
                        where step = 0 and workflow_sequence = (select sequence from workflow_status where workflow_id = ?)
                        """)) {
            update.setString(1, workflowId);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    private static List<String> active(DBOSClient client) {
        return client.listWorkflows(WorkflowFilter.all().limit(1000)).stream()
                .filter(it -> !it.status().isTerminal())
                .map(it -> it.workflowId())
                .toList();
    }

    /** One process after the other: who starts it again does not ask why it died. */
    private void runUntil(int version, BooleanSupplier done) throws Exception {
        start(version);
        long deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (!done.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the time by which all have ended").isLessThan(deadline);
            if (!process.isAlive()) start(version);
            Thread.sleep(10);
        }
    }

    private void start(int version) throws IOException {
        lives++;
        assertThat(lives).as("processes that were started").isLessThanOrEqualTo(mostLives);
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx64m", "--enable-native-access=ALL-UNNAMED",
                        "-cp", System.getProperty("java.class.path"), Poison.class.getName(), url, String.valueOf(version))
                .redirectError(folder.resolve("log.txt").toFile())
                .start();
    }

    private void end() throws InterruptedException {
        if (process == null) return;
        process.destroyForcibly();
        process.waitFor();
    }

    private static void check(DBOSClient client) {
        int contained = 0;
        for (var expected : EXPECTED.entrySet()) {
            var status = client.getWorkflow(expected.getKey());
            var found = status.status() + " " + status.error();
            for (var word : expected.getValue().split(" ", 2)) assertThat(found).as(expected.getKey()).contains(word);
            contained++;
        }
        var innocent = client.listWorkflows(WorkflowFilter.all().name("innocent").limit(1000));
        assertThat(innocent).hasSize(2 * INNOCENT).allMatch(it -> it.status() == WorkflowState.SUCCESS);
        System.out.printf("POISON kinds %d, contained %d, others finished %d%n", EXPECTED.size(), contained, innocent.size());
    }
}
