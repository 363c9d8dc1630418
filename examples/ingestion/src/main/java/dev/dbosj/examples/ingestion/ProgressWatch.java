package dev.dbosj.examples.ingestion;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Keeps the progress line current. Listing thousands of documents is left to every few seconds. */
final class ProgressWatch implements AutoCloseable {
    private static final int SHOW_MILLIS = 200;
    private static final int LIST_SECONDS = 5;

    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("progress").factory());
    private final DBOSClient dbos;
    private final String runId;
    private final Progress progress;
    private final ProgressLine line;

    ProgressWatch(DBOSClient dbos, String runId, Progress progress, ProgressLine line) {
        this.dbos = dbos;
        this.runId = runId;
        this.progress = progress;
        this.line = line;
    }

    /** Looks what is done already, then begins to show. */
    void start() {
        progress.foundAtStart(documents());
        timer.scheduleWithFixedDelay(this::show, 0, SHOW_MILLIS, TimeUnit.MILLISECONDS);
        timer.scheduleWithFixedDelay(() -> progress.found(documents()), LIST_SECONDS, LIST_SECONDS, TimeUnit.SECONDS);
    }

    private List<WorkflowStatus> documents() {
        var children = WorkflowFilter.all().parentId(runId).payloads(false).limit(DocumentFinder.MAX_DOCUMENTS);
        return dbos.listWorkflows(children);
    }

    private void show() {
        line.show(progress.snapshot(), System.nanoTime());
    }

    @Override
    public void close() {
        timer.shutdownNow();
        line.erase();
    }
}
