package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A runtime with a queue whose workflows are tried three times. */
abstract class AttemptFixture {
    static final Duration LONG = Duration.ofSeconds(20);
    static final RetryPolicy THREE = RetryPolicy.attempts(3).interval(Duration.ofMillis(50));
    static final WorkflowQueue QUEUE = WorkflowQueue.named("queue").retries(THREE);

    final String url = url();
    final FailingJobs jobs = new FailingJobs();
    DBOSRuntime dbos;

    /** Where the workflows are stored: the same place all through a test. */
    String url() {
        return "memory:" + UUID.randomUUID();
    }

    DBOSConfig config() {
        return DBOSConfig.named("attempts").databaseUrl(url).shutdownHook(false).shutdownGrace(Duration.ZERO)
                .lease(Duration.ofSeconds(1)).pollInterval(Duration.ofMillis(100));
    }

    @BeforeEach
    void launch() {
        dbos = DBOS.launch(config(), jobs);
        dbos.registerQueue(QUEUE);
        dbos.registerQueue(WorkflowQueue.named("children"));
    }

    @AfterEach
    void close() {
        jobs.go.release(100);
        dbos.close();
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it happens in time").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    WorkflowState state(WorkflowHandle<?> handle) {
        return handle.getStatus().status();
    }

    List<String> errors(WorkflowHandle<?> handle) {
        return dbos.listWorkflowAttempts(handle.workflowId()).stream().map(WorkflowAttempt::error).toList();
    }

    QueueStats stats(String queue) {
        return dbos.queueStats().stream().filter(stats -> stats.name().equals(queue)).findFirst().orElseThrow();
    }

    void awaitDeath(WorkflowHandle<?> handle) {
        assertThatThrownBy(() -> handle.getResult(LONG))
                .isInstanceOf(WorkflowFailedException.class)
                .hasMessageContaining("dead letter");
        assertThat(state(handle)).isEqualTo(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);
    }
}
