package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
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
    private final Shop shop = new Shop();
    private String url;

    @TempDir
    private Path folder;

    static final class Shop {
        private final CountDownLatch warm = new CountDownLatch(1);
        private final CountDownLatch morning = new CountDownLatch(1);
        private volatile boolean paper;
        private DBOSRuntime dbos;

        @Workflow
        String ship(String parcel) throws InterruptedException {
            DBOS.runStep("pack", () -> parcel + " packed");
            return DBOS.runStep("label", () -> parcel.equals("book") ? "by hand" : print(parcel));
        }

        private String print(String parcel) throws InterruptedException {
            if (!paper) throw new IllegalStateException("the printer is out of paper");
            warm.await();
            return parcel;
        }

        @Workflow
        String bill(String customer) {
            throw new IllegalStateException("no address of " + customer);
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
            assertThat(terminal(0, "dlq list --ended-since 1h")).contains("urn", "vase");
            redriveWhatHasFailed();
            assertThat(dbos.getWorkflow("vase").status()).isEqualTo(WorkflowState.SUCCESS);
            assertThat(terminal(0, "queue pause orders")).contains("orders: paused");
            assertThat(terminal(0, "workflow cancel tour")).contains("tour: cancelled");
            assertThat(dbos.getWorkflow("tour-stop").status()).isEqualTo(WorkflowState.CANCELLED);
            assertThat(terminal(1, "check --max-dlq 0 --max-failed 0 --min-executors 1")).contains("1 have failed");
        } finally {
            shop.morning.countDown();
        }
    }

    private void shift(String url) throws Exception {
        try (var dbos = open(url)) {
            findWhatHasFailed();
            redriveWhatHasFailed();
            for (var parcel : new String[] {"vase", "urn", "jug"})
                assertThat(dbos.getWorkflow(parcel).status()).as(parcel).isEqualTo(WorkflowState.SUCCESS);
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
        this.url = url;
        var config = DBOSConfig.named("shop").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ZERO);
        var dbos = DBOS.launch(config, shop);
        shop.dbos = dbos;
        dbos.registerQueue(WorkflowQueue.named("orders")
                .concurrency(2)
                .retries(RetryPolicy.attempts(2).interval(Duration.ofMillis(1))));
        for (var parcel : new String[] {"book", "vase", "urn", "jug"})
            dbos.with(WorkflowOptions.id(parcel)).enqueueWorkflow("orders", shop::ship, parcel);
        dbos.with(WorkflowOptions.id("bill")).startWorkflow(shop::bill, "Ada");
        dbos.with(WorkflowOptions.id("tour")).startWorkflow(shop::deliver, "tour");
        for (var id : new String[] {"book", "vase", "urn", "jug", "bill"})
            while (!dbos.getWorkflow(id).status().isTerminal()) Thread.onSpinWait();
        while (dbos.listWorkflows(WorkflowFilter.all().parentId("tour")).isEmpty()) Thread.onSpinWait();
        return dbos;
    }

    private void findWhatHasFailed() throws Exception {
        assertThat(terminal(0, "--help")).contains("workflow", "queue", "dlq", "doctor", "Exit codes: 0 done");
        assertThat(terminal(0, "workflow list --status ERROR --ended-since 1h"))
                .contains("bill", "\u001b[31mERROR\u001b[m").doesNotContain("book", "vase");
        assertThat(terminal(0, "dlq list --ended-since 1h"))
                .contains("vase", "urn", "jug", "IllegalStateException: the printer is out of paper")
                .doesNotContain("book");
        assertThat(terminal(0, "workflow get vase"))
                .contains("pack", "label", "IllegalStateException: the printer is out of paper", "█");
    }

    /** One each second, and a look at the queue until it is empty. */
    private void redriveWhatHasFailed() throws Exception {
        shop.paper = true;
        try (var redrive = type("dlq redrive --queue orders --ended-since 1h --rate 1")) {
            redrive.sees("WORKFLOW ID").sees("vase").sees("Redrive 3 workflows\\? \\[y/N\\] ").press("y\r");
            assertThat(redrive.ends(ExitCode.OK)).contains("Redriven: 3 workflows.");
        }
        try (var watch = type("queue show orders --watch=100ms")) {
            watch.sees("running +[12]");
            shop.warm.countDown();
            watch.sees(held("enqueued", 0) + held("delayed", 0) + held("running", 0)).press(PseudoTerminal.CTRL_C);
            watch.ends(ExitCode.INTERRUPTED);
        }
        assertThat(terminal(0, "dlq list")).doesNotContain("vase", "urn", "jug");
    }

    private static String held(String what, int workflows) {
        return what + " +" + workflows + "\u001b\\[K\\s+";
    }

    private void holdTheQueueUp() throws Exception {
        assertThat(terminal(0, "queue pause orders")).contains("orders: paused");
        assertThat(terminal(0, "workflow start ship lamp --queue orders --id lamp")).contains("lamp");
        assertThat(terminal(0, "queue show orders")).contains("PAUSED").containsPattern("enqueued +1");
        assertThat(terminal(0, "queue resume orders")).contains("active");
        assertThat(terminal(0, "workflow result lamp --timeout 60s")).contains("\"lamp\"");
    }

    private void cancelATour() throws Exception {
        assertThat(terminal(ExitCode.CONFLICT, "workflow resume tour")).contains("it is not stopped but PENDING");
        assertThat(terminal(0, "workflow cancel tour")).contains("tour: cancelled");
    }

    private void leaveItToTheMonitor() throws Exception {
        assertThat(terminal(1, "check --max-lag 60s --max-dlq 0 --max-failed 0 --min-executors 1"))
                .contains("1 have failed", "0 are dead letters");
        assertThat(terminal(0, "doctor")).contains("1 alive");
    }

    private String terminal(int code, String command) throws IOException {
        try (var typed = type(command)) {
            return typed.ends(code);
        }
    }

    private PseudoTerminal type(String command) throws IOException {
        return PseudoTerminal.type(command, Map.of(DBOSConfig.DATABASE_URL_VARIABLE, url));
    }
}
