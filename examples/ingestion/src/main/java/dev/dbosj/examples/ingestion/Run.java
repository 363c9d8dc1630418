package dev.dbosj.examples.ingestion;

import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

/** One run of the program: joins the run of the selection, works on it until it has ended, and says what came of it. */
final class Run {
    private static final int INTERRUPTED = 130;

    private final long beginNanos = System.nanoTime();
    private final Progress progress = new Progress();
    private final ProgressLine line = new ProgressLine(System.out, Main.ON_TERMINAL, beginNanos);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final String databaseUrl;
    private final Selection selection;
    private final int concurrency;
    private final Duration lease;
    private final Path ledgerFile;
    private volatile boolean interrupted;

    /** @param ledgerFile null for none */
    Run(String databaseUrl, Selection selection, int concurrency, Duration lease, Path ledgerFile) {
        this.databaseUrl = databaseUrl;
        this.selection = selection;
        this.concurrency = concurrency;
        this.lease = lease;
        this.ledgerFile = ledgerFile;
    }

    /** Returns the exit code. */
    int execute() throws IOException {
        stopOnInterrupt(Thread.currentThread());
        try (var files = RunFiles.use(databaseUrl);
                var ledger = ledgerFile == null ? Ledger.none() : Ledger.appendTo(ledgerFile);
                var reader = new DocumentReader();
                var index = PageIndex.open(Path.of(selection.index()), Run::halt);
                var dbos = DBOSRuntime.create(configuration(files.databaseUrl()))) {
            var ingestion = new Ingestion(reader, index, ledger, progress);
            dbos.register(ingestion);
            dbos.registerQueue(WorkflowQueue.named(Ingestion.QUEUE).workerConcurrency(concurrency));
            dbos.launch();
            show(work(dbos, ingestion));
            return Main.OK;
        } catch (DBOSException failure) {
            if (!interrupted) throw failure;
            System.err.println("stopped; the same command goes on from here");
            return INTERRUPTED;
        } finally {
            ended.countDown();
        }
    }

    private DBOSConfig configuration(String databaseUrl) {
        return DBOSConfig.named("ingestion")
                .databaseUrl(databaseUrl)
                .lease(lease)
                .shutdownHook(false)
                .exceptions(ServerBusyException.class);
    }

    private Summary work(DBOSRuntime dbos, Ingestion ingestion) {
        var id = WorkflowOptions.id(selection.workflowId());
        var run = dbos.with(id).startWorkflow(ingestion::indexDocuments, selection);
        try (var watch = new ProgressWatch(dbos, run.workflowId(), progress, line)) {
            watch.start();
            return run.getResult();
        } finally {
            Thread.interrupted(); // closing takes its time, and waits
        }
    }

    private void show(Summary summary) {
        if (!summary.failures().isEmpty()) System.out.println("these documents could not be read:");
        for (var failure : summary.failures())
            System.out.println("  %s: %s".formatted(failure.location(), failure.reason()));
        if (progress.here() == 0 && progress.resumed() > 0)
            System.out.println("this was finished before; --fresh begins anew");
        System.out.println(String.format(Locale.ROOT,
                "ingested documents=%d pages=%d failed=%d resumed=%d here=%d seconds=%.1f",
                summary.documents(), summary.pages(), summary.failures().size(), progress.resumed(), progress.here(),
                (System.nanoTime() - beginNanos) / 1e9));
    }

    /** Ctrl-C: whoever waits for the result stops waiting and closes everything; only then may the process end. */
    private void stopOnInterrupt(Thread waiting) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            interrupted = true;
            waiting.interrupt();
            try {
                ended.await();
            } catch (InterruptedException stranger) {
                Thread.currentThread().interrupt();
            }
        }));
    }

    /** Without an index no document can be finished, and none must be recorded as failed: better to die and resume. */
    private static void halt(IOException broken) {
        System.err.println("failed: the index cannot be written any more: " + broken);
        Runtime.getRuntime().halt(Main.FAILURE);
    }
}
