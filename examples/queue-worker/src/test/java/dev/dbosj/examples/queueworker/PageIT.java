package dev.dbosj.examples.queueworker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.examples.queueworker.Agreement.Progress;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The page with workflows in every state. Its pictures are in {@code target/page}. */
@ExtendWith(BrowserNeeded.class)
class PageIT {
    private static final Path PICTURES = Path.of(System.getProperty("queueworker.target"), "page");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int SUCCEEDS = 10;
    private static final int FAILS = 12;
    private static final int FAILS_AT = 4;
    private static final int RESTS = 20;
    private static final int RESTS_AT = 9;
    private static final int SLOW = 60;
    private static final int SLOW_FROM = 32;

    /** The number of steps says how the workflow fares. */
    static final class Fates {
        @Workflow(name = Agreement.WORKFLOW)
        void workflow(int numSteps) {
            for (int done = 0; done <= numSteps; done++) {
                if (numSteps == FAILS && done > FAILS_AT)
                    throw new IllegalStateException("Step 5 failed: <img src=x onerror=alert(1)> is no invoice");
                DBOS.setEvent(Agreement.PROGRESS, new Progress(done, numSteps));
                if (numSteps == RESTS && done == RESTS_AT) DBOS.sleep(PATIENCE);
                if (numSteps == SLOW && done >= SLOW_FROM) DBOS.sleep(Duration.ofSeconds(1));
            }
        }
    }

    private static Browser browser;

    @TempDir
    private Path folder;

    private Site site;
    private DBOSClient client;
    private DBOSRuntime worker;
    @BeforeAll
    static void startBrowser() throws Exception {
        browser = Browser.start();
    }

    @AfterAll
    static void endBrowser() throws IOException {
        if (browser != null) browser.close();
    }

    @BeforeEach
    void open() throws Exception {
        var databaseUrl = "sqlite:" + folder.resolve("test.db");
        site = Site.open(databaseUrl, 0);
        client = DBOSClient.connect(databaseUrl);
        worker = DBOS.launch(
                DBOSConfig.named("worker").databaseUrl(databaseUrl).shutdownGrace(Duration.ZERO), new Fates());
        worker.registerQueue(WorkflowQueue.named(Agreement.QUEUE).workerConcurrency(2));
        browser.open(site.address());
    }

    @AfterEach
    void close() {
        worker.close();
        client.close();
        site.close();
    }

    @Test
    void showsWorkflowsInEveryState() throws Exception {
        awaitSteps(enqueue(SUCCEEDS), SUCCEEDS);
        awaitSteps(enqueue(FAILS), FAILS_AT);
        var cancelled = enqueue(RESTS);
        awaitSteps(cancelled, RESTS_AT);
        client.cancelWorkflow(cancelled);
        awaitSteps(enqueue(SLOW), SLOW_FROM + 2);
        awaitSteps(enqueue(SLOW), SLOW_FROM);
        enqueue(SUCCEEDS);
        enqueue(SUCCEEDS);

        browser.await(badges() + " === 'Queued,Queued,Running,Running,Cancelled,Failed,Done'");
        assertThat(text("#summary")).isEqualTo("2 queued · 2 running · 1 cancelled · 1 failed · 1 done");
        assertThat(text(".ended .steps")).isEqualTo("9 / 20 steps");
        assertThat(text(".failed .steps")).isEqualTo("4 / 12 steps");
        assertThat(text(".failed .error")).isEqualTo("Step 5 failed: <img src=x onerror=alert(1)> is no invoice");
        assertThat(browser.evaluate("document.images.length")).as("what a workflow says is text").isEqualTo("0");
        takePictures("page");
        assertThat(browser.evaluate("document.getElementById('banner').hidden")).isEqualTo("true");
        assertThat(browser.complaints()).isEmpty();

        worker.close();
        browser.await("!document.getElementById('banner').hidden");
        takePictures("no-worker");
        site.close();
        browser.await("document.getElementById('banner').innerText.startsWith('The web server does not answer')");
        takePictures("no-server");
    }

    @Test
    void cancelsAndResumesByAClickAndKeepsTheFocus() throws Exception {
        enqueue(RESTS);
        enqueue(RESTS);
        var waiting = enqueue(SUCCEEDS);
        browser.await(badges() + " === 'Queued,Running,Running'");

        browser.click("tbody tr button");
        browser.await(badges() + " === 'Cancelled,Running,Running'");
        assertThat(text("tbody tr button")).isEqualTo("Resume");
        assertThat(browser.evaluate("document.activeElement.ariaLabel"))
                .isEqualTo("Resume workflow " + waiting.substring(waiting.length() - 8));

        browser.click("tbody tr button");
        browser.await(badges() + " === 'Queued,Running,Running'");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void saysWhyARequestWasRefused() throws Exception {
        browser.evaluate("document.getElementById('enqueue').noValidate = true");
        browser.evaluate("document.getElementById('steps').value = 5000");
        browser.click("#enqueue button");

        browser.await("document.getElementById('banner').innerText === 'num_steps 5000 is outside 1..1000'");
        assertThat(client.listWorkflows(WorkflowFilter.all())).isEmpty();
    }

    private String enqueue(int numSteps) {
        return client.enqueue(Agreement.QUEUE, Agreement.WORKFLOW, numSteps).workflowId();
    }

    private void awaitSteps(String id, int steps) throws InterruptedException {
        while (stepsOf(id) < steps) Thread.sleep(10);
    }

    private int stepsOf(String id) {
        var progress = client.getEvents(List.of(id), Agreement.PROGRESS, Progress.class).get(id);
        return progress == null ? 0 : progress.steps_completed();
    }

    private static String badges() {
        return "[...document.querySelectorAll('.badge')].map(badge => badge.textContent).join()";
    }

    private static String text(String selector) throws Exception {
        return browser.evaluate("document.querySelector('%s').innerText".formatted(selector));
    }

    private static void takePictures(String name) throws Exception {
        for (var colours : List.of("light", "dark")) {
            browser.screenshot(1200, 760, colours, PICTURES.resolve("%s-%s-1200.png".formatted(name, colours)));
            browser.screenshot(400, 1400, colours, PICTURES.resolve("%s-%s-400.png".formatted(name, colours)));
        }
    }
}
