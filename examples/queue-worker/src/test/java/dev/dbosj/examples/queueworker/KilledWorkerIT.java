package dev.dbosj.examples.queueworker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What somebody sees who clicks, and kills the worker meanwhile. */
@ExtendWith(BrowserNeeded.class)
class KilledWorkerIT {
    private static final int STEPS = 5;
    private static final Path PICTURE = Path.of(System.getProperty("queueworker.target"), "page", "killed.png");
    private static final String BAR = "document.querySelector('.bar')";
    private static final String STEPS_SHOWN = "document.querySelector('.steps')?.textContent";

    @TempDir
    private Path home;

    @Test
    void theBarStandsStillWhileNoWorkerLivesAndGoesOnWhereItWas() throws Exception {
        try (var server = Program.start(home, "server", "--port=0"); var browser = Browser.start()) {
            browser.open(server.address());
            browser.await("!document.getElementById('empty').hidden");
            browser.evaluate("document.getElementById('steps').value = " + STEPS);
            browser.click("#enqueue button");
            browser.await(STEPS_SHOWN + " === 'waits for a worker'");
            browser.await("document.getElementById('banner').innerText.includes('The queue waits')");

            var output = new ArrayList<String>();
            try (var worker = Program.start(home, "worker")) {
                browser.await("document.getElementById('banner').hidden");
                browser.await(stepsShown(2)); // twice a second the page looks: the third step has just begun
                worker.kill();
                output.addAll(worker.steps());
            }
            int done = output.size();
            browser.await("document.getElementById('banner').innerText.includes('Nothing moves')");
            assertThat(browser.evaluate(STEPS_SHOWN)).isEqualTo("%d / %d steps".formatted(done, STEPS));
            assertThat(browser.evaluate(BAR + ".ariaValueNow")).isEqualTo("" + done);
            assertThat(partShown(browser)).isCloseTo((double) done / STEPS, within(0.02));
            browser.screenshot(1200, 500, "light", PICTURE);

            try (var worker = Program.start(home, "worker")) {
                rememberSteps(browser);
                browser.await("document.querySelector('.badge')?.textContent === 'Done'");
                browser.await(stepsShown(STEPS));
                output.addAll(worker.steps());
            }
            assertThat(browser.evaluate("window.seen.every((steps, i) => steps >= (window.seen[i - 1] ?? %d))"
                    .formatted(done))).as(browser.evaluate("window.seen")).isEqualTo("true");
            assertThat(output).containsExactlyElementsOf(
                    IntStream.rangeClosed(1, STEPS).mapToObj("Step %d completed!"::formatted).toList());
            assertThat(browser.complaints()).isEmpty();
        }
    }

    private static String stepsShown(int steps) {
        return STEPS_SHOWN + " === '%d / %d steps'".formatted(steps, STEPS);
    }

    private static double partShown(Browser browser) throws Exception {
        var part = browser.evaluate("%1$s.firstElementChild.offsetWidth / %1$s.offsetWidth".formatted(BAR));
        return Double.parseDouble(part);
    }

    private static void rememberSteps(Browser browser) throws Exception {
        browser.evaluate("""
                (() => { window.seen = [];
                         new MutationObserver(() => window.seen.push(Number(%1$s.ariaValueNow)))
                             .observe(%1$s, { attributes: true, attributeFilter: ['aria-valuenow'] }); })()"""
                .formatted(BAR));
    }
}
