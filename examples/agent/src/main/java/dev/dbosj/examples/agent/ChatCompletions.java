package dev.dbosj.examples.agent;

import com.google.gson.JsonParseException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A model behind an endpoint that speaks as OpenAI's chat completions do. Keeps the key to itself. */
final class ChatCompletions implements Model {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int TIMED_OUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int MAX_EXCERPT = 300;

    private record Request(String model, List<Message> messages, List<Object> tools) {}

    private record Completion(List<Choice> choices) {}

    private record Choice(Message message) {}

    // Servers of one's own often know nothing of HTTP/2, and some stumble over the offer.
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final URI endpoint;
    private final String key;
    private final String name;
    private final List<Object> tools;

    /** @param baseUrl what {@code /chat/completions} is appended to, for instance {@code https://api.openai.com/v1} */
    ChatCompletions(String baseUrl, String key, String name, List<Tool> tools) {
        this.endpoint = URI.create(baseUrl.replaceFirst("/+$", "") + "/chat/completions");
        this.key = key;
        this.name = name;
        this.tools = tools.stream().map(ChatCompletions::described).toList();
    }

    /** A tool as the endpoint wants it described: with a JSON schema of its parameters. */
    private static Object described(Tool tool) {
        var parameter = Map.of("type", "string", "description", tool.hint());
        var parameters = Map.of(
                "type", "object",
                "properties", Map.of(tool.parameter(), parameter),
                "required", List.of(tool.parameter()));
        return Map.of(
                "type", "function",
                "function", Map.of(
                        "name", tool.name(), "description", tool.description(), "parameters", parameters));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Message reply(List<Message> conversation) throws ModelException {
        var body = Message.WIRE.toJson(new Request(name, conversation, tools));
        var request = HttpRequest.newBuilder(endpoint)
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        try {
            return messageIn(client.send(request, BodyHandlers.ofString()));
        } catch (IOException unreachable) {
            throw new ModelBusyException("no answer from %s: %s".formatted(endpoint.getAuthority(), unreachable));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new ModelException("interrupted");
        }
    }

    private static Message messageIn(HttpResponse<String> response) throws ModelException {
        int status = response.statusCode();
        if (status == TIMED_OUT || status == TOO_MANY_REQUESTS || status >= 500)
            throw new ModelBusyException("the model's server answered " + status);
        if (status != 200)
            throw new ModelException("the model's server answered %d: %s".formatted(status, excerpt(response.body())));
        return Optional.ofNullable(parse(response.body()))
                .map(Completion::choices)
                .flatMap(choices -> choices.stream().filter(Objects::nonNull).findFirst())
                .map(Choice::message)
                .filter(ChatCompletions::isUsable)
                .orElseThrow(() -> new ModelException("this is no chat completion: " + excerpt(response.body())));
    }

    private static Completion parse(String body) {
        try {
            return Message.WIRE.fromJson(body, Completion.class);
        } catch (JsonParseException malformed) {
            return null;
        }
    }

    private static boolean isUsable(Message message) {
        return message.calls().isEmpty()
                ? message.content() != null
                : message.calls().stream().allMatch(ChatCompletions::isUsable);
    }

    private static boolean isUsable(ToolCall call) {
        return call != null && call.id() != null && call.function() != null && call.function().name() != null;
    }

    private static String excerpt(String body) {
        var line = body.strip().replaceAll("\\s+", " ");
        return line.length() <= MAX_EXCERPT ? line : line.substring(0, MAX_EXCERPT) + " ...";
    }
}
