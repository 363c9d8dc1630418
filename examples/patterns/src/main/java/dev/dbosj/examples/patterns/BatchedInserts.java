package dev.dbosj.examples.patterns;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.BatchOptions;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;

/** Rows that are cheaper by the dozen: each is a workflow of its own, and a dozen of them are one insert. */
final class BatchedInserts {
    private static final int ROWS = 100;
    private static final BatchOptions TOGETHER = BatchOptions.upTo(25).within(Duration.ofMillis(200));

    private final ConcurrentLinkedQueue<Integer> inserts = new ConcurrentLinkedQueue<>();

    @Workflow
    String store(String row) {
        return DBOS.runStep(TOGETHER, this::insertAll, row);
    }

    @Step
    void insertAll(List<BatchItem<String, String>> rows) {
        inserts.add(rows.size());
        for (var row : rows) {
            if (row.value().isBlank()) row.fail(new IllegalArgumentException("a row without content"));
            else row.complete("stored with " + (rows.size() - 1) + " others");
        }
    }

    static void run(DBOSConfig config, PrintStream out) {
        var table = new BatchedInserts();
        try (var dbos = DBOS.launch(config, table)) {
            dbos.registerQueue(WorkflowQueue.named("rows"));
            var rows = IntStream.range(0, ROWS).mapToObj(n -> n == 42 ? " " : "row " + n).toList();
            int stored = 0;
            for (var row : dbos.enqueueAll("rows", table::store, rows))
                try {
                    row.getResult();
                    stored++;
                } catch (WorkflowFailedException failure) {
                    out.printf("%s failed alone: %s%n", row.workflowId(), failure.getCause().getMessage());
                }
            out.printf("%d of %d rows stored by %d inserts of %s%n", stored, ROWS, table.inserts.size(), table.inserts);
        }
    }
}
