package dev.dbosj;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Seams;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A workflow that keeps killing its executor is put aside, visibly, and can be resumed. */
@Timeout(10)
class DeadLetterTest {
    private final String url = url();

    /** Where the workflows are stored: the same place all through a test. */
    String url() {
        return "memory:" + UUID.randomUUID();
    }

    @BeforeEach
    void migrate() {
        database = Assembly.open(DBOSConfig.named("test").databaseUrl(url), Seams.system());
        database.migrate();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private SystemDatabase database;

    static class Deadly {
        @Workflow(maxRecoveryAttempts = 1)
        String deadly() {
            return "alive";
        }
    }

    @Test
    void itEndsInTheDeadLetterStateOnceItsAttemptsAreUsedUpAndCanBeResumed() {
        database.apply(List.of(new Command(null, null, new Effect.Define(1, WorkflowQueue.named("q"))),
                new Command(null, null, new Effect.Insert(
                        List.of(new NewWorkflow("w", 1, "deadly", "q", 0, "{\"positionalArgs\":[]}", null, null)), true))));
        killExecutor("first");
        killExecutor("second");

        try (var dbos = DBOS.launch(DBOSConfig.named("d").databaseUrl(url).shutdownHook(false), new Deadly())) {
            var handle = dbos.retrieveWorkflow("w", String.class);
            assertThatThrownBy(handle::getResult)
                    .isInstanceOf(WorkflowFailedException.class)
                    .hasMessageContaining("dead letter").hasMessageContaining("2 times").hasMessageContaining("resume");
            assertThat(handle.getStatus().status()).isEqualTo(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);

            dbos.resumeWorkflow("w");
            while (handle.getStatus().status() != WorkflowState.SUCCESS) Thread.onSpinWait();
            assertThat(handle.getResult()).isEqualTo("alive");
        }
    }

    private void killExecutor(String id) {
        var executor = new ExecutorInfo(id, "d", Set.of("deadly"), Duration.ofMinutes(1), Instant.EPOCH, false);
        database.join(executor);
        assertThat(database.claim(new ClaimRequest(id, Map.of("q", 1), Set.of("deadly"))).workflows()).hasSize(1);
        assertThat(database.takeOver(new ExecutorInfo(id, "d", Set.of(), Duration.ofMinutes(1), Instant.EPOCH, true), 10)).isEqualTo(1);
    }
}
