package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What somebody does at night, in a terminal, while the application runs. */
@Timeout(120)
class NightShiftTest {
    private static final Path SCRIPT = Path.of("/usr/bin/script");

    private final Shop shop = new Shop();

    @TempDir
    private Path folder;

    static final class Shop {
        private final CountDownLatch morning = new CountDownLatch(1);
        private DBOSRuntime dbos;

        @Workflow
        String ship(String parcel) {
            DBOS.runStep("pack", () -> parcel + " packed");
            return DBOS.runStep("label", () -> {
                if (parcel.equals("vase")) throw new IllegalStateException("the printer is out of paper");
                return parcel;
            });
        }

        @Workflow
        String deliver(String tour) throws InterruptedException {
            var stop = dbos.with(WorkflowOptions.id(tour + "-stop")).startWorkflow(this::drive, "stop");
            return stop.getResult();
        }

        @Workflow
        String drive(String where) throws InterruptedException {
            return DBOS.runStep("drive", () -> {
                morning.await();
                return where;
            });
        }
    }

    @Test
    void onSqlite() throws Exception {
        shift("sqlite:" + folder.resolve("shop.db"));
    }

    @Test
    void onPostgres() throws Exception {
        shift(PostgresServer.freshDatabase());
    }

    private void shift(String url) throws Exception {
        assumeTrue(Files.isExecutable(SCRIPT), "there is no pseudo-terminal: install util-linux");
        var config = DBOSConfig.named("shop").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ZERO);
        try (var dbos = DBOS.launch(config, shop)) {
            shop.dbos = dbos;
            dbos.registerQueue(WorkflowQueue.named("orders").concurrency(2));
            for (var parcel : new String[] {"book", "vase", "pen"})
                dbos.with(WorkflowOptions.id(parcel)).enqueueWorkflow("orders", shop::ship, parcel);
            dbos.with(WorkflowOptions.id("tour")).startWorkflow(shop::deliver, "tour");
            for (var id : new String[] {"book", "vase", "pen"})
                while (!dbos.getWorkflow(id).status().isTerminal()) Thread.onSpinWait();
            while (dbos.listWorkflows(WorkflowFilter.all().idPrefix("tour-")).isEmpty()) Thread.onSpinWait();

            findWhatHasFailed(url);
            holdTheQueueUp(url);
            cancelATour(url);
            leaveItToTheMonitor(url);
            shop.morning.countDown();
        }
    }

    private void findWhatHasFailed(String url) throws Exception {
        assertThat(terminal(url, 0, "--help")).contains("workflow", "queue", "doctor", "Exit codes: 0 done");
        assertThat(terminal(url, 0, "workflow list --status ERROR --ended-since 1h"))
                .contains("vase", "\u001b[31mERROR\u001b[m").doesNotContain("book");
        assertThat(terminal(url, 0, "workflow get vase"))
                .contains("pack", "label", "IllegalStateException: the printer is out of paper", "█");
        assertThat(terminal(url, 1, "workflow result vase")).contains("the printer is out of paper");
    }

    private void holdTheQueueUp(String url) throws Exception {
        assertThat(terminal(url, 0, "queue pause orders")).contains("orders: paused");
        assertThat(terminal(url, 0, "workflow start ship lamp --queue orders --id lamp")).contains("lamp");
        assertThat(terminal(url, 0, "queue show orders")).contains("PAUSED").containsPattern("enqueued +1");
        assertThat(terminal(url, 1, "workflow wait lamp --timeout 10ms")).contains("has not ended yet");
        assertThat(terminal(url, 0, "queue resume orders")).contains("active");
        assertThat(terminal(url, 0, "workflow wait lamp --timeout 60s")).contains("lamp: SUCCESS");
        assertThat(terminal(url, 0, "workflow result lamp")).contains("\"lamp\"");
        assertThat(terminal(url, 0, "queue set orders --rate 10/1s")).contains("set");
        assertThat(terminal(url, 130, "queue list --watch=100ms")).contains("orders", "\u001b[H");
    }

    private void cancelATour(String url) throws Exception {
        assertThat(terminal(url, 5, "workflow resume tour")).contains("it is not stopped but PENDING");
        assertThat(terminal(url, 0, "workflow cancel tour")).contains("tour: cancelled");
        assertThat(terminal(url, 0, "workflow list --status CANCELLED -o ids")).contains("tour", "tour-stop");
    }

    private void leaveItToTheMonitor(String url) throws Exception {
        assertThat(terminal(url, 1, "check --max-lag 60s --max-failed 0 --min-executors 1")).contains("1 have failed");
        assertThat(terminal(url, 0, "check --max-lag 60s --max-failed 1 --min-executors 1")).contains("OK");
        assertThat(terminal(url, 0, "doctor")).contains("1 alive");
        assertThat(terminal(url, 4, "workflow get nobody")).contains("dbos-cli: there is no workflow nobody");
    }

    /** Types a command into a pseudo-terminal of 100 columns, and Ctrl-C after a while. */
    private String terminal(String url, int code, String command) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var line = "%s -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '%s' %s %s".formatted(
                java, System.getProperty("java.class.path"), Main.class.getName(), command);
        if (code == ExitCode.INTERRUPTED) line = "timeout --foreground -s INT 3 " + line;
        var builder = new ProcessBuilder(SCRIPT.toString(), "-qec", line, "/dev/null").redirectErrorStream(true);
        builder.environment().put(DBOSConfig.DATABASE_URL_VARIABLE, url);
        builder.environment().put("COLUMNS", "100");
        builder.environment().put("LC_ALL", "C.UTF-8");
        builder.environment().put("TERM", "xterm");
        builder.environment().remove("NO_COLOR");
        var process = builder.start();
        process.getOutputStream().close();
        var shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        int ended = process.exitValue();
        if (code == ExitCode.INTERRUPTED) assertThat(ended).as(shown).isIn(ExitCode.INTERRUPTED, 124);
        else assertThat(ended).as(command + "\n" + shown).isEqualTo(code);
        return shown;
    }
}
