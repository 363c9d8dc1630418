package dev.dbosj.cli;

import com.google.gson.JsonPrimitive;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * Ids as lines of text, which one command writes and another reads. An id that would not come back as it is - it could
 * hold a line break and so pass for two - is written as a JSON string.
 */
final class Ids {
    static final String HELP = "workflow ids; - reads them from the standard input, one per line";

    private static final String STANDARD_INPUT = "-";

    private Ids() {}

    /** The line for an id. */
    static String line(String id) {
        boolean plain = id.equals(Text.printable(id)) && id.equals(id.strip()) && !id.startsWith("\"");
        return plain ? id : Json.onOneLine(new JsonPrimitive(id));
    }

    /** The id on a line. */
    static String parse(String line) {
        var text = line.strip();
        return text.startsWith("\"") && Json.parsed(text) instanceof JsonPrimitive string ? string.getAsString() : text;
    }

    /** The ids that arguments name, where {@code -} stands for those on the standard input. */
    static Stream<String> of(Collection<String> arguments, Terminal terminal) {
        return arguments.stream().flatMap(argument -> argument.equals(STANDARD_INPUT)
                ? terminal.lines().filter(line -> !line.isBlank()).map(Ids::parse)
                : Stream.of(argument));
    }
}
