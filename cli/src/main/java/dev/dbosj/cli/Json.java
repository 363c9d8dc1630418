package dev.dbosj.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.ToNumberPolicy;
import java.time.Instant;
import java.util.List;

/** Objects of JSON, member by member, and their text. */
final class Json {
    private static final Gson ON_ONE_LINE =
            new GsonBuilder().setStrictness(Strictness.STRICT)
                    .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).serializeNulls().disableHtmlEscaping().create();
    private static final Gson INDENTED = ON_ONE_LINE.newBuilder().setPrettyPrinting().create();

    private static final int SHOWN = 40;

    private final JsonObject members = new JsonObject();

    Json text(String name, String value) {
        members.addProperty(name, value);
        return this;
    }

    Json number(String name, Number value) {
        members.addProperty(name, value);
        return this;
    }

    Json flag(String name, Boolean value) {
        members.addProperty(name, value);
        return this;
    }

    Json texts(String name, Iterable<String> values) {
        if (values == null) return text(name, null);
        var array = new JsonArray();
        values.forEach(array::add);
        members.add(name, array);
        return this;
    }

    /** In epoch milliseconds. */
    Json time(String name, Instant value) {
        return number(name, value == null ? null : value.toEpochMilli());
    }

    /** A payload as the JSON that it is; as a string if another program has stored something else. */
    Json payload(String name, String value) {
        members.add(name, parsed(value));
        return this;
    }

    /** The value of a JSON text; what is no JSON is taken for a string. */
    static JsonElement parsed(String text) {
        if (text == null) return JsonNull.INSTANCE;
        try {
            var value = ON_ONE_LINE.fromJson(text, JsonElement.class);
            return value == null ? new JsonPrimitive(text) : value;
        } catch (JsonParseException notJson) {
            return new JsonPrimitive(text);
        }
    }

    /** A value of a command line: JSON if it is that, and a text otherwise. */
    static Object plain(String text) {
        return ON_ONE_LINE.fromJson(parsed(text), Object.class);
    }

    /** The values of a JSON array. @throws WrongUsage if the text is none */
    static List<?> plainList(String text) {
        if (plain(text) instanceof List<?> values) return values;
        throw new WrongUsage("this is no JSON array: " + Text.printable(Text.cut(text, SHOWN)));
    }

    JsonObject object() {
        return members;
    }

    static String onOneLine(JsonElement element) {
        return safe(ON_ONE_LINE.toJson(element));
    }

    static String indented(JsonElement element) {
        return safe(INDENTED.toJson(element));
    }

    // Beyond the syntax of JSON there is nothing but the text of strings, where an escape means the same character.
    private static String safe(String json) {
        return Text.printableLines(json);
    }
}
