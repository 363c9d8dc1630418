package dev.dbosj.examples.agent;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.List;

/**
 * One message of a conversation, as chat-completions endpoints know it. What does not belong to the role is null.
 *
 * @param role system, user, assistant (the model) or tool
 * @param content its text; for a tool, the result
 * @param toolCalls what the model asks for; see {@link #calls()}
 * @param toolCallId which call a result belongs to
 */
record Message(String role, String content, List<ToolCall> toolCalls, String toolCallId) {
    static final String ASSISTANT = "assistant";

    /** Reads and writes the form of the endpoints, {@code tool_calls}. */
    static final Gson WIRE = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
            .disableHtmlEscaping()
            .create();

    static Message system(String content) {
        return new Message("system", content, null, null);
    }

    static Message user(String content) {
        return new Message("user", content, null, null);
    }

    static Message tool(ToolCall call, String result) {
        return new Message("tool", result, null, call.id());
    }

    /** What the model asks for; empty if nothing. */
    List<ToolCall> calls() {
        return toolCalls == null ? List.of() : toolCalls;
    }
}
