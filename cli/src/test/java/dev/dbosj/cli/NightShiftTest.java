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
import dev.dbosj.workflow.WorkflowState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What somebody does at night, in a terminal, while the application runs. */
@Timeout(300)
class NightShiftTest {
    private static final Path SCRIPT = Path.of("/usr/bin/script");

    private static final int CTRL_C = 3;

    private final Shop shop = new Shop();
    private String url;

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

    /** A short one: the commands are the same, and each starts a virtual machine. */
    @Test
    void onPostgres() throws Exception {
        var url = PostgresServer.freshDatabase();
        try (var dbos = open(url)) {
            assertThat(terminal(0, "workflow list --status ERROR --ended-since 1h")).contains("vase");
            assertThat(terminal(0, "queue pause orders")).contains("orders: paused");
            assertThat(terminal(0, "workflow cancel tour")).contains("tour: cancelled");
            assertThat(dbos.getWorkflow("tour-stop").status()).isEqualTo(WorkflowState.CANCELLED);
            assertThat(terminal(1, "check --max-failed 0 --min-executors 1")).contains("1 have failed");
        } finally {
            shop.morning.countDown();
        }
    }

    private void shift(String url) throws Exception {
        try (var dbos = open(url)) {
            findWhatHasFailed();
            holdTheQueueUp();
            cancelATour();
            assertThat(dbos.getWorkflow("tour-stop").status()).as("its child").isEqualTo(WorkflowState.CANCELLED);
            leaveItToTheMonitor();
        } finally {
            shop.morning.countDown();
        }
    }

    /** The application, an hour into the night. */
    private DBOSRuntime open(String url) throws Exception {
        assumeTrue(Files.isExecutable(SCRIPT), "there is no pseudo-terminal: install util-linux");
        this.url = url;
        var config = DBOSConfig.named("shop").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ZERO);
        var dbos = DBOS.launch(config, shop);
        shop.dbos = dbos;
        dbos.registerQueue(WorkflowQueue.named("orders").concurrency(2));
        for (var parcel : new String[] {"book", "vase", "pen"})
            dbos.with(WorkflowOptions.id(parcel)).enqueueWorkflow("orders", shop::ship, parcel);
        dbos.with(WorkflowOptions.id("tour")).startWorkflow(shop::deliver, "tour");
        for (var id : new String[] {"book", "vase", "pen"})
            while (!dbos.getWorkflow(id).status().isTerminal()) Thread.onSpinWait();
        while (dbos.listWorkflows(WorkflowFilter.all().parentId("tour")).isEmpty()) Thread.onSpinWait();
        return dbos;
    }

    private void findWhatHasFailed() throws Exception {
        assertThat(terminal(0, "--help")).contains("workflow", "queue", "doctor", "Exit codes: 0 done");
        assertThat(terminal(0, "workflow list --status ERROR --ended-since 1h"))
                .contains("vase", "\u001b[31mERROR\u001b[m").doesNotContain("book");
        assertThat(terminal(0, "workflow get vase"))
                .contains("pack", "label", "IllegalStateException: the printer is out of paper", "█");
    }

    private void holdTheQueueUp() throws Exception {
        assertThat(terminal(0, "queue pause orders")).contains("orders: paused");
        assertThat(terminal(0, "workflow start ship lamp --queue orders --id lamp")).contains("lamp");
        assertThat(terminal(0, "queue show orders")).contains("PAUSED").containsPattern("enqueued +1");
        assertThat(terminal(0, "queue resume orders")).contains("active");
        assertThat(terminal(0, "workflow result lamp --timeout 60s")).contains("\"lamp\"");
        assertThat(terminal(ExitCode.INTERRUPTED, "queue list --watch=100ms")).contains("\u001b[H", "orders");
    }

    private void cancelATour() throws Exception {
        assertThat(terminal(ExitCode.CONFLICT, "workflow resume tour")).contains("it is not stopped but PENDING");
        assertThat(terminal(0, "workflow cancel tour")).contains("tour: cancelled");
    }

    private void leaveItToTheMonitor() throws Exception {
        assertThat(terminal(1, "check --max-lag 60s --max-failed 0 --min-executors 1")).contains("1 have failed");
        assertThat(terminal(0, "doctor")).contains("1 alive");
    }

    /** Types a command into a pseudo-terminal of 100 columns, and Ctrl-C if that is how it is to end. */
    private String terminal(int code, String command) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var line = "%s -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED -cp '%s' %s %s".formatted(
                java, System.getProperty("java.class.path"), Main.class.getName(), command);
        var builder = new ProcessBuilder(SCRIPT.toString(), "-qec", line, "/dev/null").redirectErrorStream(true);
        builder.environment().putAll(Map.of(
                DBOSConfig.DATABASE_URL_VARIABLE, url, "COLUMNS", "100", "LC_ALL", "C.UTF-8", "TERM", "xterm"));
        builder.environment().remove("NO_COLOR");
        var process = builder.start();
        var shown = new ByteArrayOutputStream();
        try (var keys = process.getOutputStream(); var screen = process.getInputStream()) {
            while (code == ExitCode.INTERRUPTED && !shown.toString(StandardCharsets.UTF_8).contains("orders"))
                shown.write(screen.read());
            if (code == ExitCode.INTERRUPTED) keys.write(CTRL_C);
            keys.flush();
            screen.transferTo(shown);
        }
        assertThat(process.onExit().join().exitValue()).as("%s%n%s", command, shown).isEqualTo(code);
        return shown.toString(StandardCharsets.UTF_8);
    }
}
