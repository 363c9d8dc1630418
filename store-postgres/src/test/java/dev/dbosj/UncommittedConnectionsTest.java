package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user's own pool whose connections wait to be told when to commit. */
@Timeout(30)
class UncommittedConnectionsTest {
    static class Work {
        @Workflow
        int twice(int number) {
            return DBOS.runStep("twice", () -> 2 * number);
        }
    }

    @Test
    void whatIsAcknowledgedIsCommittedAllTheSame() throws Exception {
        var url = PostgresServer.freshDatabase();
        var settings = new HikariConfig();
        settings.setJdbcUrl("jdbc:" + url.replace("postgres@", "") + "?user=postgres");
        settings.setAutoCommit(false);
        var work = new Work();
        try (var pool = new HikariDataSource(settings);
                var dbos = DBOS.launch(DBOSConfig.named("app").dataSource(pool).shutdownHook(false).lease(Duration.ofSeconds(1)), work);
                var witness = DBOSClient.connect(url)) {
            dbos.registerQueue(WorkflowQueue.named("queue"));
            assertThat(dbos.with(WorkflowOptions.id("w")).enqueueWorkflow("queue", work::twice, 21).getResult()).isEqualTo(42);
            assertThat(witness.getWorkflow("w").status()).isEqualTo(WorkflowState.SUCCESS);
            assertThat(witness.listWorkflowSteps("w")).hasSize(1);

            Thread.sleep(2_000); // its heartbeats are committed too, or it would fence itself
            assertThat(dbos.startWorkflow(work::twice, 4).getResult()).isEqualTo(8);
        }
    }
}
