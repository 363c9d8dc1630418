package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.postgres.PooledConnections;
import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user's own connections, even such that keep nothing from one transaction to the next. */
@Timeout(30)
class DataSourceTest {
    static class Numbers {
        @Workflow
        int sum(List<Integer> numbers) {
            var squares = DBOS.enqueueAll("squares", this::square, numbers);
            int sum = squares.stream().mapToInt(WorkflowHandle::getResult).sum();
            DBOS.setEvent("sum", sum);
            return sum;
        }

        @Workflow
        int square(int number) {
            return DBOS.runStep("multiply", () -> number * number);
        }
    }

    @Test
    void everythingWorksThroughATransactionPooler() throws Exception {
        var numbers = new Numbers();
        try (var pooled = new PooledConnections(PostgresServer.freshDatabase());
                var dbos = DBOS.launch(DBOSConfig.named("pooled").dataSource(pooled), numbers)) {
            dbos.registerQueue(WorkflowQueue.named("squares").concurrency(10));
            var hundred = IntStream.rangeClosed(1, 100).boxed().toList();
            var run = dbos.with(WorkflowOptions.id("run")).startWorkflow(numbers::sum, hundred);

            assertThat(run.getResult()).isEqualTo(338_350);
            assertThat(dbos.getEvent("run", "sum", Integer.class, Duration.ofSeconds(5))).contains(338_350);
            assertThat(dbos.with(WorkflowOptions.id("run")).startWorkflow(numbers::sum, List.of(1)).getResult())
                    .isEqualTo(338_350);
        }
    }
}
