package dev.dbosj.json;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import dev.dbosj.exceptions.PayloadException;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A value of a sealed type as a JSON object that begins with {@code "@type":"Circle"}. The name is looked up among the
 * permitted subclasses and nowhere else.
 */
final class SealedTypes extends TypeAdapter<Object> {
    private static final String TYPE = "@type";

    private final Class<?> root;
    private final Map<String, Class<?>> classes;
    private final Map<Class<?>, FieldsAdapter> adapters;

    SealedTypes(Class<?> root, Map<String, Class<?>> classes, Map<Class<?>, FieldsAdapter> adapters) {
        this.root = root;
        this.classes = classes;
        this.adapters = adapters;
    }

    /**
     * The records and final classes at the ends of a sealed hierarchy, by simple name.
     *
     * @throws PayloadException if the hierarchy is open somewhere, holds an enum, or two ends share a name
     */
    static Map<String, Class<?>> ends(Class<?> root) {
        var ends = new LinkedHashMap<String, Class<?>>();
        collect(root, root, ends);
        return ends;
    }

    private static void collect(Class<?> root, Class<?> type, Map<String, Class<?>> ends) {
        if (type.isSealed() && Modifier.isAbstract(type.getModifiers()) && !type.isEnum()) {
            for (var permitted : type.getPermittedSubclasses()) collect(root, permitted, ends);
            return;
        }
        if (type.isEnum() || !Modifier.isFinal(type.getModifiers()))
            throw new PayloadException(
                    "%s, permitted by the sealed type %s, is neither a record nor a final class: make it one"
                            .formatted(type.getName(), root.getName()));
        var other = ends.put(type.getSimpleName(), type);
        if (other != null && other != type)
            throw new PayloadException("%s and %s of the sealed type %s have the same simple name: rename one"
                    .formatted(other.getName(), type.getName(), root.getName()));
    }

    @Override
    public void write(JsonWriter out, Object value) throws IOException {
        var adapter = adapters.get(value.getClass());
        if (adapter == null)
            throw new JsonParseException(
                    "%s stands where %s is declared".formatted(value.getClass().getName(), root.getName()));
        out.beginObject();
        out.name(TYPE).value(value.getClass().getSimpleName());
        adapter.writeFields(out, value);
        out.endObject();
    }

    // As a tree, because nobody promises that "@type" comes first.
    @Override
    public Object read(JsonReader in) throws IOException {
        if (!(JsonParser.parseReader(in) instanceof JsonObject object))
            throw new JsonParseException("expected an object with \"%s\" one of %s".formatted(TYPE, classes.keySet()));
        var name = object.remove(TYPE);
        var type = name != null && name.isJsonPrimitive() ? classes.get(name.getAsString()) : null;
        if (type == null)
            throw new JsonParseException("\"%s\" is %s but must be one of %s of %s"
                    .formatted(TYPE, name == null ? "missing" : name, classes.keySet(), root.getName()));
        return adapters.get(type).fromJsonTree(object);
    }
}
