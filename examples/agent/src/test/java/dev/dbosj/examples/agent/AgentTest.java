package dev.dbosj.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.workflow.StepInfo;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AgentTest {
    private static final int CONCURRENCY = 4;

    private DBOSRuntime dbos;

    @AfterEach
    void close() {
        dbos.close();
    }

    @Test
    void theRecordedConversationHasAFanOutOfTwentyAndAnAnswerThatItsToolsBear() throws Exception {
        var model = RecordedModel.load(Duration.ZERO);
        try (var library = Library.bundled()) {
            var toolbox = Toolbox.of(library, new WebFetch(false, 1_000, Duration.ofSeconds(1)), Duration.ZERO);

            var answer = ask(model, toolbox, model.question()).getResult();

            var calls = toolCalls();
            assertThat(calls).hasSize(2 + 20 + 7);
            assertThat(calls.subList(2, 22)).filteredOn(call -> call.status() == WorkflowState.SUCCESS).hasSize(18);
            assertThat(calls).filteredOn(call -> call.status() == WorkflowState.ERROR)
                    .extracting(WorkflowStatus::error)
                    .satisfiesExactly(
                            fetch -> assertThat(fetch).contains("192.168.1.20 is not a public address"),
                            liveData -> assertThat(liveData).contains("out of order"));
            for (var call : calls.subList(21, calls.size()))
                assertThat(answer).contains(threeDigits(call.output()));
        }
    }

    private static String threeDigits(String jsonNumber) {
        var number = Double.parseDouble(jsonNumber.replace("\"", ""));
        return number >= 10 ? "%.1f".formatted(number) : "%.2f".formatted(number);
    }

    @Test
    void theModelIsToldEveryResultInTheOrderInWhichItAskedAndWhyThereIsNone() {
        var slow = new CountDownLatch(1);
        var toolbox = new Toolbox(List.of(
                new Tool("slow", "", "x", "", x -> {
                    awaitOrFail(slow);
                    return "slow " + x;
                }),
                new Tool("quick", "", "x", "", x -> {
                    slow.countDown();
                    return "quick " + x;
                }),
                new Tool("failing", "", "x", "", x -> {
                    throw new ToolException("no " + x);
                }),
                new Tool("broken", "", "x", "", x -> {
                    throw new IllegalStateException("a bug");
                })));
        var model = new ScriptedModel(
                ScriptedModel.asking("slow", "quick", "failing", "broken", "unknown"), ScriptedModel.saying("done"));

        assertThat(ask(model, toolbox, "what?").getResult()).isEqualTo("done");

        var told = model.conversations().getLast();
        assertThat(told).extracting(Message::role)
                .containsExactly("system", "user", "assistant", "tool", "tool", "tool", "tool", "tool");
        assertThat(told.get(1).content()).isEqualTo("what?");
        assertThat(told.subList(3, 8))
                .extracting(Message::toolCallId)
                .containsExactly("id-0", "id-1", "id-2", "id-3", "id-4");
        assertThat(told.subList(3, 7)).extracting(Message::content).startsWith("slow 0", "quick 1", "failed: no 2");
        assertThat(told.get(6).content()).startsWith("failed: ").contains("a bug");
        assertThat(told.get(7).content()).isEqualTo("failed: there is no tool of this name");
    }

    @Test
    void noMoreToolsRunAtOnceThanTheQueueAllows() {
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var full = new CountDownLatch(CONCURRENCY);
        var toolbox = new Toolbox(List.of(new Tool("count", "", "x", "", x -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            full.countDown();
            awaitOrFail(full);
            running.decrementAndGet();
            return x;
        })));
        var names = IntStream.range(0, 20).mapToObj(i -> "count").toArray(String[]::new);

        ask(new ScriptedModel(ScriptedModel.asking(names), ScriptedModel.saying("done")), toolbox, "?").getResult();

        assertThat(most).hasValue(CONCURRENCY);
    }

    @Test
    void aToolCallThatSomebodyCancelsDoesNotKeepTheAgentWaiting() throws Exception {
        var begun = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        var toolbox = new Toolbox(List.of(new Tool("hanging", "", "x", "", x -> {
            begun.countDown();
            awaitOrFail(end);
            return x;
        })));
        var model = new ScriptedModel(ScriptedModel.asking("hanging"), ScriptedModel.saying("done"));
        var conversation = ask(model, toolbox, "?");
        begun.await();
        dbos.cancelWorkflow(toolCalls().getFirst().workflowId());
        end.countDown();

        assertThat(conversation.getResult()).isEqualTo("done");
        assertThat(model.conversations().getLast().getLast())
                .extracting(Message::content)
                .isEqualTo("failed: somebody has cancelled this call");
    }

    @Test
    void aBusyModelIsAskedAgainAndOneThatRefusesIsNot() {
        var busy = new ScriptedModel(new ModelBusyException("later"), ScriptedModel.saying("now"));
        assertThat(ask(busy, new Toolbox(List.of()), "?").getResult()).isEqualTo("now");
        close();

        var refusing = new ScriptedModel(new ModelException("wrong key"), ScriptedModel.saying("never said"));
        assertThatThrownBy(ask(refusing, new Toolbox(List.of()), "?")::getResult)
                .hasCauseInstanceOf(ModelException.class)
                .hasRootCauseMessage("wrong key");
    }

    @Test
    void aModelThatNeverComesToAnEndIsStopped() {
        var toolbox = new Toolbox(List.of(new Tool("echo", "", "x", "", x -> x)));
        var replies = IntStream.range(0, 30).mapToObj(i -> ScriptedModel.asking("echo")).toArray();
        assertThatThrownBy(ask(new ScriptedModel(replies), toolbox, "?")::getResult)
                .hasRootCauseMessage("the model has not answered in 20 turns");
        close();

        var names = IntStream.range(0, 101).mapToObj(i -> "echo").toArray(String[]::new);
        assertThatThrownBy(ask(new ScriptedModel(ScriptedModel.asking(names)), toolbox, "?")::getResult)
                .hasRootCauseMessage("the model asks for 101 tools at once; 100 are allowed");
    }

    @Test
    void theCheckpointsAreTheConversation() {
        var toolbox = new Toolbox(List.of(new Tool("echo", "", "x", "", x -> x)));
        var conversation = ask(
                new ScriptedModel(ScriptedModel.asking("echo", "echo"), ScriptedModel.saying("done")), toolbox, "?");
        conversation.getResult();

        assertThat(dbos.listWorkflowSteps(conversation.workflowId())).extracting(StepInfo::name).containsExactly(
                "askModel", "callTool", "callTool", "DBOS.getResult", "DBOS.getResult", "askModel");
        assertThat(toolCalls()).extracting(WorkflowStatus::queueName).containsOnly("tool_queue");
    }

    private WorkflowHandle<String> ask(Model model, Toolbox toolbox, String question) {
        var agent = new Agent(model, toolbox, Ledger.none());
        var config = DBOSConfig.named("agent").databaseUrl("memory:").exceptions(ModelBusyException.class);
        dbos = DBOS.launch(config, agent);
        dbos.registerQueue(Agent.toolQueue(CONCURRENCY));
        return dbos.startWorkflow(agent::answer, question);
    }

    /** In the order in which they were asked for. */
    private List<WorkflowStatus> toolCalls() {
        return dbos.listWorkflows(WorkflowFilter.all().name(Agent.CALL_TOOL).newestFirst(false));
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }
}
