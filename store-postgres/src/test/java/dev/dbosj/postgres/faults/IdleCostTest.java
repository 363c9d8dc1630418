package dev.dbosj.postgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** A process that has nothing to do asks for little. */
@EnabledIf("dev.dbosj.Thorough#isWanted")
@Timeout(120)
class IdleCostTest {
    private static final Duration TIME = Duration.ofSeconds(10);

    static class Work {
        @Workflow
        int twice(int number) {
            return DBOS.runStep("twice", () -> 2 * number);
        }
    }

    @Test
    void atMostTwoStatementsASecondWithTwentyQueues() throws Exception {
        var url = PostgresServer.freshDatabase();
        var work = new Work();
        try (var wire = new Wire(url);
                var dbos = DBOS.launch(DBOSConfig.named("idle").databaseUrl(wire.url(url)).shutdownHook(false), work)) {
            for (int i = 0; i < 20; i++) dbos.registerQueue(WorkflowQueue.named("queue " + i));
            assertThat(dbos.enqueueWorkflow("queue 7", work::twice, 21).getResult()).isEqualTo(42);
            awaitIdle(wire);

            Thread.sleep(TIME);
            var executed = wire.takeExecuted();
            var counts = executed.stream().collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
            assertThat(executed.size() / (double) TIME.toSeconds()).as("statements a second: %s", counts).isBetween(1.0, 2.0);
        }
    }

    /** What has just been done is reported as the pace of its queue for some seconds. */
    private static void awaitIdle(Wire wire) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        do {
            assertThat(System.nanoTime()).as("time at which nothing is reported any more").isLessThan(deadline);
            wire.takeExecuted();
            Thread.sleep(3_000);
        } while (wire.takeExecuted().stream().anyMatch(sql -> sql.contains("queue_reports")));
    }
}
