package dev.dbosj.json;

import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A record or a class as a JSON object. Nothing is dropped or invented in silence: an unknown field and a missing
 * primitive are refused. A missing component of a reference type is read as null, so that a component can be added
 * while workflows are on their way.
 */
final class FieldsAdapter extends TypeAdapter<Object> {
    /** One component of a record, or one field of a class. */
    record Field(String name, TypeAdapter<Object> adapter) {}

    private final Class<?> type;
    private final Shape shape;
    private final List<Field> fields;
    private final Map<String, Integer> positions = new HashMap<>();

    FieldsAdapter(Class<?> type, Shape shape, List<Field> fields) {
        this.type = type;
        this.shape = shape;
        this.fields = fields;
        for (int i = 0; i < fields.size(); i++) positions.put(fields.get(i).name(), i);
    }

    @Override
    public void write(JsonWriter out, Object value) throws IOException {
        if (value == null) {
            out.nullValue();
            return;
        }
        out.beginObject();
        writeFields(out, value);
        out.endObject();
    }

    /** Writes the names and values between the braces. */
    void writeFields(JsonWriter out, Object value) throws IOException {
        if (value.getClass() != type)
            throw new JsonParseException(
                    "%s stands where %s is declared, and would come back as that: declare its own type, "
                                    .formatted(value.getClass().getName(), type.getName())
                            + "or a sealed interface");
        for (int i = 0; i < fields.size(); i++) {
            out.name(fields.get(i).name());
            fields.get(i).adapter().write(out, shape.get(value, i));
        }
    }

    @Override
    public Object read(JsonReader in) throws IOException {
        if (in.peek() == JsonToken.NULL) {
            in.nextNull();
            return null;
        }
        var values = new Object[fields.size()];
        var present = new boolean[fields.size()];
        in.beginObject();
        while (in.hasNext()) {
            int position = position(in.nextName());
            values[position] = fields.get(position).adapter().read(in);
            present[position] = true;
        }
        in.endObject();
        return shape.create(values, present);
    }

    private int position(String name) {
        var position = positions.get(name);
        if (position == null)
            throw new JsonParseException("%s has no field \"%s\", only %s"
                    .formatted(
                            type.getName(),
                            name,
                            fields.stream().map(Field::name).toList()));
        return position;
    }
}
