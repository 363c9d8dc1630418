package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** Judges an experiment with orders: by the ledger, and by comparison with the same orders fulfilled in peace. */
final class OrdersAudit {
    private final Lab lab;
    /** Every look reads the whole database: in a long experiment only a tenth of the time goes into looking. */
    private static final int REST = 9;

    private final Auditor auditor = new Auditor(Orders.QUEUE, Orders.CONCURRENCY);
    private long nextLook = System.nanoTime();

    OrdersAudit(Lab lab) {
        this.lab = lab;
    }

    /** Remembers what is recorded now. Between two lives a copy is read, among the living the file itself. */
    void look(Tables tables) {
        long began = System.nanoTime();
        if (began - nextLook < 0 || !tables.exists()) return;
        auditor.look(tables, lab.ledger());
        long ended = System.nanoTime();
        nextLook = ended + (Course.isLong() ? REST * (ended - began) : 0);
    }

    /** How many orders have been accepted, by the database; the next one has this number. */
    static int orders(Tables tables) {
        return tables.exists() ? (int) tables.number("select count(*) from workflow_status where name = 'fulfil'") : 0;
    }

    /** Judges when all workers have ended. {@code faults} says in the figures what they have suffered. */
    Auditor.Findings judge(String faults, String besides) throws IOException, InterruptedException {
        var tables = lab.tablesAtRest();
        int orders = orders(tables);
        var stale = lab.witness().map(Witness::staleWrites);
        var found = auditor.audit(tables, lab.ledger());
        var figures = ("%s, %d orders, %d steps, lost %d, completed steps repeated %d,"
                + " steps begun again %d (each at most once a fault)%s%s, seed %d").formatted(
                        faults, orders, found.steps(), found.lost().size(), found.repeated().size(),
                        found.begunAgain(), stale.map(none -> ", stale writes accepted 0").orElse(""), besides,
                        Lab.SEED);
        assertThat(found.all()).as(figures).isEmpty();
        assertThat(stale.orElse(List.of())).as(figures).isEmpty();
        assertThat(found.mostAtOnce()).as("steps of the queue that one process was in at once")
                .isBetween(2, Orders.CONCURRENCY);
        assertThat(tables.outcomes()).isEqualTo(undisturbed(orders));
        lab.passed(figures);
        return found;
    }

    /** On a file, whatever the store: the same program ends the same way on both. */
    private List<String> undisturbed(int count) throws IOException, InterruptedException {
        var database = new SqliteFile(Files.createDirectories(lab.folder().resolve("undisturbed")));
        var config = DBOSConfig.named("lab").databaseUrl(database.url(1)).shutdownHook(false);
        try (var ledger = Ledger.append(lab.folder().resolve("undisturbed.txt"), 1);
                var dbos = DBOSRuntime.create(config)) {
            var orders = new Orders(ledger, false);
            dbos.register(orders);
            dbos.registerQueue(WorkflowQueue.named(Orders.ORDERS));
            dbos.registerQueue(Orders.queue());
            dbos.launch();
            for (int order = 0; order < count; order++) orders.start(dbos, order);
            Lab.awaitIdle(database.tables());
        }
        return database.tables().outcomes();
    }
}
