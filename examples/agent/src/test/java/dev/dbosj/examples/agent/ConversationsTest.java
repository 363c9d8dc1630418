package dev.dbosj.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowState;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConversationsTest {
    private static final String QUESTION = "1 < 2?";

    private Agent agent;
    private DBOSRuntime dbos;

    @AfterEach
    void close() {
        dbos.close();
    }

    @Test
    void theSameQuestionJoinsTheConversationUntilSomebodyWantsAnotherOne() {
        launch(new ScriptedModel(ScriptedModel.saying("yes"), ScriptedModel.saying("still")));

        assertThat(ask(false).getResult()).isEqualTo("yes");
        assertThat(ask(false).getResult()).isEqualTo("yes");
        assertThat(ask(true).getResult()).isEqualTo("still");
        assertThat(ask(false).getResult()).isEqualTo("still");
    }

    @Test
    void anotherQuestionOrModelIsAnotherConversation() {
        launch(new ScriptedModel());
        var id = conversations("scripted", QUESTION).join(false);

        assertThat(id).matches("agent-[0-9a-f]{8}-1");
        assertThat(conversations("scripted", "2 < 1?").join(false)).isNotEqualTo(id);
        assertThat(conversations("other", QUESTION).join(false)).isNotEqualTo(id);
    }

    @Test
    void aConversationThatFailedIsNotJoined() {
        launch(new ScriptedModel(new ModelException("wrong key"), ScriptedModel.saying("yes")));

        assertThatThrownBy(ask(false)::getResult).hasRootCauseMessage("wrong key");
        assertThat(ask(false).getResult()).isEqualTo("yes");
    }

    @Test
    void oneThatGoesOnIsCancelledWhenSomebodyWantsAnotherOne() throws Exception {
        var asked = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        var hanging = new Tool("hanging", "", "x", "", x -> {
            asked.countDown();
            awaitOrFail(end);
            return x;
        });
        launch(new ScriptedModel(ScriptedModel.asking("hanging"), ScriptedModel.saying("yes")), hanging);
        var first = ask(false);
        asked.await();
        var second = ask(true);
        end.countDown();

        assertThat(second.getResult()).isEqualTo("yes");
        assertThat(first.getStatus().status()).isEqualTo(WorkflowState.CANCELLED);
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }

    private void launch(Model model, Tool... tools) {
        agent = new Agent(model, new Toolbox(List.of(tools)), Ledger.none());
        dbos = DBOSRuntime.create(DBOSConfig.named("agent").databaseUrl("memory:"));
        dbos.register("scripted", agent);
        dbos.registerQueue(Agent.toolQueue(1));
        dbos.launch();
    }

    private WorkflowHandle<String> ask(boolean fresh) {
        var id = WorkflowOptions.id(conversations("scripted", QUESTION).join(fresh));
        return dbos.with(id).startWorkflow(agent::answer, QUESTION);
    }

    private Conversations conversations(String model, String question) {
        return new Conversations(dbos, model, question);
    }
}
