package dev.dbosj.json;

import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Plain data where {@code Object} is declared: null, text, booleans, numbers, collections, and maps with text keys.
 * Whole numbers come back as Long, others as Double, collections as List. Anything else would come back as something
 * else, and is refused.
 */
final class DataAdapter extends TypeAdapter<Object> {
    @Override
    public void write(JsonWriter out, Object value) throws IOException {
        switch (value) {
            case null -> out.nullValue();
            case String text -> out.value(text);
            case Boolean bool -> out.value(bool);
            case Long number -> out.value(number.longValue());
            case Integer number -> out.value(number.longValue());
            case Short number -> out.value(number.longValue());
            case Byte number -> out.value(number.longValue());
            case Double number -> writeScalar(out, Double.class, number);
            case Float number -> writeScalar(out, Float.class, number);
            case Collection<?> elements -> {
                out.beginArray();
                for (Object element : elements) write(out, element);
                out.endArray();
            }
            case Map<?, ?> map -> {
                out.beginObject();
                for (var entry : map.entrySet()) {
                    if (!(entry.getKey() instanceof String key))
                        throw new JsonParseException("a key of the map is not a String; declare the type of its keys");
                    out.name(key);
                    write(out, entry.getValue());
                }
                out.endObject();
            }
            default ->
                throw new JsonParseException("%s stands where Object is declared, and would come back as plain data: "
                                .formatted(value.getClass().getName())
                        + "declare its type instead of Object");
        }
    }

    @Override
    public Object read(JsonReader in) throws IOException {
        return switch (in.peek()) {
            case NULL -> {
                in.nextNull();
                yield null;
            }
            case STRING -> in.nextString();
            case BOOLEAN -> in.nextBoolean();
            case NUMBER -> number(in.nextString());
            case BEGIN_ARRAY -> {
                var elements = new ArrayList<>();
                in.beginArray();
                while (in.hasNext()) elements.add(read(in));
                in.endArray();
                yield elements;
            }
            case BEGIN_OBJECT -> {
                var map = new LinkedHashMap<String, Object>();
                in.beginObject();
                while (in.hasNext()) map.put(in.nextName(), read(in));
                in.endObject();
                yield map;
            }
            case END_ARRAY, END_OBJECT, END_DOCUMENT, NAME ->
                throw new JsonParseException("expected a value but found " + in.peek());
        };
    }

    private static Object number(String text) {
        boolean whole = text.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9');
        return ScalarAdapter.of(whole ? Long.class : Double.class).fromText(text);
    }

    private static <T> void writeScalar(JsonWriter out, Class<T> type, T value) throws IOException {
        out.jsonValue(ScalarAdapter.of(type).toText(value));
    }
}
