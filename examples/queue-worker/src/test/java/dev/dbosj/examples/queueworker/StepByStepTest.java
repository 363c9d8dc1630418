package dev.dbosj.examples.queueworker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.examples.queueworker.Agreement.Progress;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.StepInfo;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StepByStepTest {
    private final StepByStep workflows = new StepByStep(Duration.ZERO);
    private DBOSRuntime dbos;

    @BeforeEach
    void launch() {
        dbos = DBOS.launch(DBOSConfig.named("queue-worker").databaseUrl("memory:"), workflows);
    }

    @AfterEach
    void close() {
        dbos.close();
    }

    @Test
    void theEventIsSetBeforeTheFirstStepAndAfterEach() {
        var run = dbos.startWorkflow(workflows::workflow, 2);
        run.getResult();

        assertThat(dbos.listWorkflowSteps(run.workflowId()))
                .extracting(StepInfo::name)
                .containsExactly("DBOS.setEvent", "step", "DBOS.setEvent", "step", "DBOS.setEvent");
        assertThat(dbos.getEvents(List.of(run.workflowId()), Agreement.PROGRESS, Progress.class))
                .containsValue(new Progress(2, 2));
    }

    @Test
    void programsInOtherLanguagesCanReadTheEvent() {
        var run = dbos.startWorkflow(workflows::workflow, 1);
        run.getResult();

        assertThat(dbos.getEvents(run.workflowId()))
                .containsEntry("workflow_progress", "{\"steps_completed\":1,\"num_steps\":1}");
    }

    @Test
    void aNumberOfStepsOutOfBoundsFailsTheWorkflow() {
        for (var wrong : Stream.of(0, Agreement.MAX_STEPS + 1).toList()) {
            var run = dbos.startWorkflow(workflows::workflow, wrong);

            assertThatThrownBy(run::getResult)
                    .isInstanceOf(WorkflowFailedException.class)
                    .hasRootCauseMessage("numSteps %d is outside 1..1000", wrong);
        }
    }
}
