package dev.dbosj.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import java.time.Instant;

/** Objects of JSON, member by member, and their text. */
final class Json {
    private static final Gson ON_ONE_LINE =
            new GsonBuilder().setStrictness(Strictness.STRICT).serializeNulls().disableHtmlEscaping().create();
    private static final Gson INDENTED = ON_ONE_LINE.newBuilder().setPrettyPrinting().create();

    private final JsonObject members = new JsonObject();

    Json text(String name, String value) {
        members.addProperty(name, value);
        return this;
    }

    Json number(String name, Number value) {
        members.addProperty(name, value);
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
