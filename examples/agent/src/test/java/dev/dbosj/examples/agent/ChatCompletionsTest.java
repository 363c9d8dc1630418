package dev.dbosj.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a server that is told what to answer. */
class ChatCompletionsTest {
    private static final List<Message> QUESTION = List.of(Message.system("be brief"), Message.user("1 < 2?"));

    private HttpServer server;
    private volatile int status = 200;
    private volatile String answer;
    private volatile String asked;
    private volatile String authorization;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/chat/completions", exchange -> {
            asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            authorization = exchange.getRequestHeaders().getFirst("Authorization");
            var bytes = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    @Test
    void theModelIsAskedInTheFormOfTheEndpoint() throws ModelException {
        answer = """
                {"id": "x", "choices": [
                  {"index": 0, "message": {"role": "assistant", "content": "yes", "refusal": null}}]}""";
        var call = new ToolCall("c1", "function", new ToolCall.Function("echo", "{}"));
        var conversation = List.of(
                Message.user("1 < 2?"), new Message("assistant", null, List.of(call), null), Message.tool(call, "so?"));

        assertThat(model().reply(conversation)).isEqualTo(new Message("assistant", "yes", null, null));
        assertThat(authorization).isEqualTo("Bearer sk-secret");
        assertThat(JsonParser.parseString(asked)).isEqualTo(JsonParser.parseString("""
                {"model": "small",
                 "messages": [
                   {"role": "user", "content": "1 < 2?"},
                   {"role": "assistant", "tool_calls": [
                     {"id": "c1", "type": "function", "function": {"name": "echo", "arguments": "{}"}}]},
                   {"role": "tool", "content": "so?", "tool_call_id": "c1"}],
                 "tools": [
                   {"type": "function", "function": {"name": "echo", "description": "says it again", "parameters": {
                     "type": "object", "properties": {"text": {"type": "string", "description": "anything"}},
                     "required": ["text"]}}}]}"""));
    }

    @Test
    void itMayAskForTools() throws ModelException {
        answer = """
                {"choices": [{"message": {"role": "assistant", "content": null, "tool_calls": [
                  {"id": "a", "type": "function", "function": {"name": "echo", "arguments": "{\\"text\\":\\"1\\"}"}},
                  {"id": "b", "type": "function", "function": {"name": "echo"}}]}}]}""";

        assertThat(model().reply(QUESTION).calls())
                .extracting(ToolCall::toString)
                .containsExactly("echo {\"text\":\"1\"}", "echo ");
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 503})
    void itIsWorthAskingAgainWhenTheServerIsBusy(int status) {
        this.status = status;
        answer = "later";

        assertThatThrownBy(() -> model().reply(QUESTION))
                .isInstanceOf(ModelBusyException.class)
                .hasMessageEndingWith("" + status);
    }

    @Test
    void itIsWorthAskingAgainWhenNobodyAnswers() {
        var model = model();
        server.stop(0);

        assertThatThrownBy(() -> model.reply(QUESTION))
                .isInstanceOf(ModelBusyException.class)
                .hasMessageStartingWith("no answer from 127.0.0.1");
    }

    @Test
    void aRefusalIsToldAsItIsAndWithoutTheKey() {
        status = 401;
        answer = "{\"error\": {\n  \"message\": \"wrong key\"}}" + " ".repeat(10) + "x".repeat(1_000);

        assertThatThrownBy(() -> model().reply(QUESTION))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessageStartingWith(
                        "the model's server answered 401: {\"error\": { \"message\": \"wrong key\"}} xxx")
                .hasMessageNotContaining("sk-secret")
                .message().hasSizeLessThan(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "<html>", "null", "[]", "{}",
        "{\"choices\": null}", "{\"choices\": []}", "{\"choices\": [{}]}", "{\"choices\": [null]}",
        "{\"choices\": [{\"message\": {\"role\": \"assistant\"}}]}",
        "{\"choices\": [{\"message\": {\"tool_calls\": [{\"id\": \"1\"}]}}]}",
        "{\"choices\": [{\"message\": {\"tool_calls\": [null]}}]}",
        "{\"choices\": [{\"message\": {\"tool_calls\": [{\"id\": \"1\", \"function\": {}}]}}]}"
    })
    void whatIsNoCompletionIsSaidToBeNone(String body) {
        answer = body;

        assertThatThrownBy(() -> model().reply(QUESTION))
                .isExactlyInstanceOf(ModelException.class)
                .hasMessageStartingWith("this is no chat completion");
    }

    private ChatCompletions model() {
        var echo = new Tool("echo", "says it again", "text", "anything", text -> text);
        var baseUrl = "http://127.0.0.1:%d/v1/".formatted(server.getAddress().getPort());
        return new ChatCompletions(baseUrl, "sk-secret", "small", List.of(echo));
    }
}
