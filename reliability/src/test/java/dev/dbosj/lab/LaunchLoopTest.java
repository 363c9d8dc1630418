package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that launches and closes runtimes again and again is afterwards as it was before. */
@EachStore
@Timeout(120)
class LaunchLoopTest {
    private static final int WARM_UP = 3;
    private static final int ROUNDS = 25;

    /** Threads that call the database on behalf of workflows end by themselves when they have had nothing to do. */
    private static final Duration IDLE_THREADS_END = Duration.ofSeconds(10);

    /** A thread that has done its last act is still listed for a moment. */
    private static final Duration LAST_ACT = Duration.ofSeconds(1);

    @TempDir
    Path folder;

    private final Store store;

    LaunchLoopTest(Store store) {
        this.store = store;
    }

    @Test
    void launchAndCloseLeaveNoThreadAndNoFile() throws Exception {
        try (var database = store.open(folder)) {
            for (int round = 0; round < WARM_UP; round++) launchAndClose(database, round);
            int filesBefore = openFiles().size();
            for (int round = WARM_UP; round < WARM_UP + ROUNDS; round++) {
                launchAndClose(database, round);
                awaitEnd(LAST_ACT, name -> !name.equals("dbosj-database"));
            }
            assertThat(openFiles()).noneMatch(file -> file.contains(folder.toString())).hasSize(filesBefore);
            awaitEnd(IDLE_THREADS_END, name -> true);
            System.out.printf("LAUNCH %s %d launches, threads left 0, file descriptors %d -> %d%n",
                    store, ROUNDS, filesBefore, openFiles().size());
        }
    }

    /** With work that is finished, and work that is not. */
    private void launchAndClose(LabDatabase database, int round) {
        var config = DBOSConfig.named("lab").databaseUrl(database.url(round))
                .shutdownGrace(Duration.ofMillis(10));
        try (var ledger = Ledger.append(folder.resolve("ledger.txt"), round); var dbos = DBOSRuntime.create(config)) {
            var orders = new Orders(ledger, true);
            dbos.register(orders);
            dbos.registerQueue(WorkflowQueue.named(Orders.ORDERS));
            dbos.registerQueue(Orders.queue());
            dbos.launch();
            dbos.startWorkflow(orders::label, round).getResult();
            orders.start(dbos, round);
        }
    }

    private static List<String> openFiles() throws IOException {
        var open = new ArrayList<String>();
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (var descriptor : descriptors.toList())
                if (Files.isSymbolicLink(descriptor)) open.add(Files.readSymbolicLink(descriptor).toString());
        }
        return open;
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("dbosj-"))
                .toList();
    }

    private static void awaitEnd(Duration atMost, Predicate<String> which) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (threads().stream().anyMatch(which)) {
            assertThat(System.nanoTime()).as("time at which none is left of %s", threads()).isLessThan(deadline);
            Thread.sleep(5);
        }
    }
}
