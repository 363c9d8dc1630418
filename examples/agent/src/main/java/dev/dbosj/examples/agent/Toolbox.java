package dev.dbosj.examples.agent;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.time.Duration;
import java.util.List;

/**
 * The tools that the model may use. What it asks for is taken for hostile: it may have read it on some page of the web.
 * Thread-safe.
 */
final class Toolbox {
    private static final int MAX_ARGUMENT = 2_000;
    private static final int MAX_RESULT = 8_000;

    private final List<Tool> tools;

    Toolbox(List<Tool> tools) {
        this.tools = List.copyOf(tools);
    }

    /** @param readingTime how long reading in the library takes, as if it were far away */
    static Toolbox of(Library library, WebFetch web, Duration readingTime) {
        return new Toolbox(List.of(
                new Tool("search", "Finds pages of the library: location, title and an excerpt, best first.",
                        "query", "words, or \"a phrase\"", library::search),
                new Tool("read", "Reads a whole page of the library. It takes its time.",
                        "location", "as search gave it", location -> readSlowly(library, location, readingTime)),
                new Tool("calculate", "Calculates with + - * / % ^, parentheses, pi, e, sqrt, abs, ln, log10, exp, sin,"
                        + " cos, tan (radians), round.",
                        "expression", "for instance 2 * sqrt(9.81)", Calculator::calculate),
                new Tool("fetch", "Fetches the text of a page on the web.",
                        "url", "beginning with http:// or https://", web::fetch),
                new Tool("live_data", "Asks a service for figures of today.",
                        "topic", "what about", Toolbox::outOfOrder)));
    }

    List<Tool> tools() {
        return tools;
    }

    /**
     * Does what the model asks for.
     *
     * @return the result, cut off where it becomes too long for a conversation
     * @throws ToolException if there is none, saying why
     */
    String use(ToolCall call) throws ToolException {
        var tool = tools.stream()
                .filter(each -> each.name().equals(call.function().name()))
                .findFirst()
                .orElseThrow(() -> new ToolException("there is no tool of this name"));
        var result = tool.action().on(argument(tool, call.function().arguments()));
        return result.length() <= MAX_RESULT ? result : result.substring(0, MAX_RESULT) + " [cut off]";
    }

    private static String argument(Tool tool, String arguments) throws ToolException {
        if (arguments.length() > MAX_ARGUMENT) throw unfit(tool);
        try {
            if (JsonParser.parseString(arguments) instanceof JsonObject object
                    && object.size() == 1
                    && object.get(tool.parameter()) instanceof JsonPrimitive value
                    && !value.getAsString().isBlank())
                return value.getAsString();
            throw unfit(tool);
        } catch (JsonParseException malformed) {
            throw unfit(tool);
        }
    }

    private static ToolException unfit(Tool tool) {
        return new ToolException("the arguments must be {\"%s\": \"%s\"}, at most %d characters"
                .formatted(tool.parameter(), tool.hint(), MAX_ARGUMENT));
    }

    private static String readSlowly(Library library, String location, Duration readingTime) throws ToolException {
        Pause.of(readingTime);
        return library.read(location);
    }

    private static String outOfOrder(String topic) throws ToolException {
        throw new ToolException("the live data service is out of order");
    }
}
