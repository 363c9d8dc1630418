package dev.dbosj.examples.agent;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.stream.IntStream;

/** Says, or throws, one thing after the other, and remembers what it was told. */
final class ScriptedModel implements Model {
    private final Queue<Object> script;
    private final List<List<Message>> conversations = new ArrayList<>();

    /** @param script messages and exceptions */
    ScriptedModel(Object... script) {
        this.script = new ArrayDeque<>(List.of(script));
    }

    static Message saying(String answer) {
        return new Message(Message.ASSISTANT, answer, null, null);
    }

    /** Asks for tools whose only parameter is x; the n-th gets n, and has the id id-n. */
    static Message asking(String... tools) {
        var calls = IntStream.range(0, tools.length).mapToObj(n -> call(n, tools[n])).toList();
        return new Message(Message.ASSISTANT, null, calls, null);
    }

    private static ToolCall call(int n, String tool) {
        return new ToolCall("id-" + n, "function", new ToolCall.Function(tool, "{\"x\": \"%d\"}".formatted(n)));
    }

    @Override
    public String name() {
        return "scripted";
    }

    @Override
    public synchronized Message reply(List<Message> conversation) throws ModelException {
        conversations.add(List.copyOf(conversation));
        var next = script.remove();
        if (next instanceof ModelException failure) throw failure;
        return (Message) next;
    }

    /** What it was told each time. */
    synchronized List<List<Message>> conversations() {
        return List.copyOf(conversations);
    }
}
