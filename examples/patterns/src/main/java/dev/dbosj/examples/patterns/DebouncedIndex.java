package dev.dbosj.examples.patterns;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;

/** Somebody types; the page is indexed when he pauses, and once in a while although he does not. */
final class DebouncedIndex {
    private static final String QUEUE = "pages";
    private static final int EDITS = 30;
    private static final Duration BETWEEN = Duration.ofMillis(50);
    private static final Duration PAUSE = Duration.ofMillis(300);
    private static final Duration AT_MOST = Duration.ofMillis(900);

    @Workflow
    String index(String text) {
        return DBOS.runStep("index", () -> "indexed '" + text + "'");
    }

    static void run(DBOSConfig config, PrintStream out) throws InterruptedException {
        var pages = new DebouncedIndex();
        try (var dbos = DBOS.launch(config, pages)) {
            dbos.registerQueue(WorkflowQueue.named(QUEUE));
            var runs = new LinkedHashMap<String, WorkflowHandle<String>>();
            for (int edit = 1; edit <= EDITS; edit++) {
                var options = WorkflowOptions.defaults().debounce("page 7", PAUSE, AT_MOST);
                var run = dbos.with(options).enqueueWorkflow(QUEUE, pages::index, "edit " + edit);
                runs.put(run.workflowId(), run);
                Thread.sleep(BETWEEN);
            }
            out.printf("%d edits, one each %d ms, are %d workflows:%n", EDITS, BETWEEN.toMillis(), runs.size());
            for (var run : runs.values()) out.println(run.getResult());
        }
    }
}
