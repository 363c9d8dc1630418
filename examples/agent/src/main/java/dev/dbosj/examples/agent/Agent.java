package dev.dbosj.examples.agent;

import dev.dbosj.DBOS;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowQueue;
import java.util.ArrayList;
import java.util.List;

/**
 * The agent: asks the model, does what it asks for, tells it the results, and so on until it answers.
 *
 * <p>The conversation is never stored as such. It is made anew from the checkpoints, the model's replies and the tools'
 * results, when a process that died is succeeded by another one.
 */
final class Agent {
    static final String ANSWER = "answer";
    static final String ASK_MODEL = "askModel";
    static final String CALL_TOOL = "callTool";
    static final String TOOL_QUEUE = "tool_queue";
    static final int MAX_TURNS = 20;
    static final int MAX_TOOL_CALLS = 100;

    private static final String INSTRUCTIONS = """
            Answer the question. Find facts with the tools instead of remembering them, and calculate with the tool.
            Ask for all tool calls that do not depend on each other at once: they run side by side.
            A tool that fails says why; go on without it.""";

    private final Model model;
    private final Toolbox toolbox;
    private final Ledger ledger;

    Agent(Model model, Toolbox toolbox, Ledger ledger) {
        this.model = model;
        this.toolbox = toolbox;
        this.ledger = ledger;
    }

    /** The queue of all tool calls: here stands how many may run at once, and whatever else limits them. */
    static WorkflowQueue toolQueue(int workerConcurrency) {
        return WorkflowQueue.named(TOOL_QUEUE).workerConcurrency(workerConcurrency);
    }

    @Workflow(name = ANSWER)
    String answer(String question) throws ModelException {
        var conversation = new ArrayList<>(List.of(Message.system(INSTRUCTIONS), Message.user(question)));
        for (int turn = 1; turn <= MAX_TURNS; turn++) {
            Message reply = DBOS.runStep(this::askModel, conversation);
            if (reply.calls().isEmpty()) return reply.content();

            conversation.add(reply);
            var running = DBOS.enqueueAll(TOOL_QUEUE, this::callTool, reply.calls()); // a workflow for each
            for (int i = 0; i < running.size(); i++)
                conversation.add(Message.tool(reply.calls().get(i), resultOf(running.get(i))));
        }
        throw new ModelException("the model has not answered in %d turns".formatted(MAX_TURNS));
    }

    /** What the model is told: the result, or why there is none. */
    private static String resultOf(WorkflowHandle<String> call) {
        try {
            return call.getResult();
        } catch (WorkflowFailedException failure) {
            return "failed: " + (failure.getCause() instanceof ToolException known ? known : failure).getMessage();
        } catch (WorkflowCancelledException cancelled) {
            return "failed: somebody has cancelled this call";
        }
    }

    @Workflow(name = CALL_TOOL)
    String callTool(ToolCall call) throws ToolException {
        return DBOS.runStep(this::useTool, call);
    }

    /** Once it is recorded, the model is never asked, or paid for, this again. */
    @Step(name = ASK_MODEL, maxAttempts = 5, retryOn = ModelBusyException.class)
    Message askModel(List<Message> conversation) throws ModelException {
        ledger.begun(DBOS.stepKey(), "model");
        var reply = model.reply(conversation);
        if (reply.calls().size() > MAX_TOOL_CALLS)
            throw new ModelException("the model asks for %d tools at once; %d are allowed"
                    .formatted(reply.calls().size(), MAX_TOOL_CALLS));
        ledger.ended(DBOS.stepKey(), "model");
        return reply;
    }

    @Step
    String useTool(ToolCall call) throws ToolException {
        ledger.begun(DBOS.stepKey(), call.toString());
        try {
            return toolbox.use(call);
        } finally {
            ledger.ended(DBOS.stepKey(), call.toString());
        }
    }
}
