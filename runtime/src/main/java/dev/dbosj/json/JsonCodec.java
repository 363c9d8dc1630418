package dev.dbosj.json;

import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import dev.dbosj.exceptions.PayloadException;
import java.io.IOException;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Values to JSON and back. The type always comes from code, never from the data. Thread-safe.
 *
 * <p>Records, enums, List, Set, Map, Optional, arrays, classes with a constructor without arguments, sealed interfaces
 * of records (with {@code "@type":"Circle"}), text, numbers, booleans, java.time, UUID, URI, and byte[] as base64. Where
 * {@code Object} is declared, plain data: whole numbers come back as Long, others as Double. A component that is
 * missing in the JSON of a record is read as null, or as an empty Optional; a missing primitive is refused.
 */
public final class JsonCodec {
    private static final String POSITIONAL = "positionalArgs";
    private static final String NAMED = "namedArgs";
    private static final Supplier<String> ARGUMENTS = () -> "the arguments";
    private static final int EXCERPT = 40;
    private static final int MAX_QUOTED = 400;

    private final int maxPayloadBytes;
    private final StorableTypes types = new StorableTypes();

    /** @param maxPayloadBytes the largest JSON text, in bytes of UTF-8, that is written */
    public JsonCodec(int maxPayloadBytes) {
        if (maxPayloadBytes < 1)
            throw new IllegalArgumentException("maxPayloadBytes " + maxPayloadBytes + " is not positive");
        this.maxPayloadBytes = maxPayloadBytes;
    }

    int maxPayloadBytes() {
        return maxPayloadBytes;
    }

    /** A value as a later run will see it. */
    public record Stored(String json, Object value) {}

    /**
     * Refuses a type whose values would not survive JSON. Cheap when the type has been seen before.
     *
     * @param where what has the type, as the subject of the message: "the result of step 'download'"
     * @throws PayloadException saying why, and what to do
     */
    public void requireStorable(Type type, String where) {
        try {
            types.adapter(type);
        } catch (PayloadException e) {
            throw new PayloadException(
                    "%s has type %s, which cannot be stored: %s.".formatted(where, type.getTypeName(), e.getMessage()),
                    e);
        }
    }

    /**
     * The same for a result whose type is known only in its erased form, as that of a lambda: {@code Object}, a type
     * variable, a wildcard, or a generic class without its arguments says too little.
     */
    public void requireStorableResult(Type type, String where) {
        boolean erased =
                type instanceof Class<?> plain && (plain == Object.class || plain.getTypeParameters().length > 0);
        if (erased || type instanceof TypeVariable<?> || type instanceof WildcardType)
            throw new PayloadException(
                    ("%s has type %s, and Java keeps no more of the type of a lambda: name the type with "
                                    + "`new TypeRef<List<Page>>() {}`, or use a method reference.")
                            .formatted(where, type.getTypeName()));
        requireStorable(type, where);
    }

    /**
     * The type of a value where no code declares one: its class, or Object for what is plain data already. A list of
     * records says too little, and is refused when it is encoded.
     */
    public static Type plainTypeOf(Object value) {
        return switch (value) {
            case null -> Object.class;
            case Collection<?> collection -> Object.class;
            case Map<?, ?> map -> Object.class;
            case Enum<?> constant -> constant.getDeclaringClass();
            default -> value.getClass();
        };
    }

    /**
     * A void type gives null.
     *
     * @throws PayloadException if the value cannot be stored
     */
    public String encode(Object value, Type type) {
        var simple = simple(value, type);
        return simple != null
                ? simple
                : write(type::getTypeName, out -> adapter(type).write(out, value));
    }

    /** @throws PayloadException if the text is not JSON, or not that of a value of the type */
    public Object decode(String json, Type type) {
        return read(json, type::getTypeName, adapter(type)::read);
    }

    /**
     * The value as it will be seen after a recovery.
     *
     * @throws PayloadException if it cannot be stored, or would come back as another one
     */
    public Stored roundTrip(Object value, Type type) {
        var simple = simple(value, type);
        if (simple != null) return new Stored(simple, value);
        var json = encode(value, type);
        var copy = decode(json, type);
        requireSame(json, encode(copy, type), type::getTypeName);
        return new Stored(json, copy);
    }

    /**
     * Arguments as {@code {"positionalArgs":[…]}}.
     *
     * @throws PayloadException if one of them cannot be stored or comes back as another one, or their number is wrong
     */
    public String encodeArguments(Object[] arguments, Type[] types) {
        requireCount(arguments.length, types);
        var json = writeArguments(arguments, types);
        if (!areSimple(arguments, types))
            requireSame(json, writeArguments(decodeArguments(json, types), types), ARGUMENTS);
        return json;
    }

    /** @throws PayloadException if the text is not JSON, or does not hold one argument for each type */
    public Object[] decodeArguments(String json, Type[] types) {
        return read(json, ARGUMENTS, in -> {
            Object[] arguments = null;
            in.beginObject();
            while (in.hasNext()) {
                var name = in.nextName();
                switch (name) {
                    case POSITIONAL -> arguments = readPositional(in, types);
                    case NAMED -> refuseNamed(in);
                    default -> throw new JsonParseException("unknown key \"" + name + "\"");
                }
            }
            in.endObject();
            if (arguments == null) throw new JsonParseException("the key \"" + POSITIONAL + "\" is missing");
            return arguments;
        });
    }

    private TypeAdapter<Object> adapter(Type type) {
        try {
            return types.adapter(type);
        } catch (PayloadException e) {
            throw new PayloadException(
                    "Type %s cannot be stored: %s.".formatted(type.getTypeName(), e.getMessage()), e);
        }
    }

    private String writeArguments(Object[] arguments, Type[] types) {
        return write(ARGUMENTS, out -> {
            out.beginObject().name(POSITIONAL).beginArray();
            for (int i = 0; i < arguments.length; i++) adapter(types[i]).write(out, arguments[i]);
            out.endArray().endObject();
        });
    }

    private Object[] readPositional(JsonReader in, Type[] types) throws IOException {
        var arguments = new ArrayList<>();
        in.beginArray();
        while (in.hasNext() && arguments.size() < types.length)
            arguments.add(adapter(types[arguments.size()]).read(in));
        int count = arguments.size();
        for (; in.hasNext(); count++) in.skipValue();
        in.endArray();
        requireCount(count, types);
        return arguments.toArray();
    }

    /** Languages with named arguments write an empty object here. */
    private void refuseNamed(JsonReader in) throws IOException {
        var named = adapter(Map.class).read(in);
        if (named != null && !((Map<?, ?>) named).isEmpty())
            throw new JsonParseException("named arguments are not known in Java: " + ((Map<?, ?>) named).keySet());
    }

    private static void requireCount(int count, Type[] types) {
        if (count != types.length)
            throw new PayloadException(
                    "%d arguments were given but the workflow takes %d.".formatted(count, types.length));
    }

    private static void requireSame(String json, String again, Supplier<String> what) {
        if (json.equals(again)) return;
        int same = 0;
        while (same < Math.min(json.length(), again.length()) && json.charAt(same) == again.charAt(same)) same++;
        int from = Math.max(0, same - EXCERPT);
        throw new PayloadException(
                "Cannot store %s, because it would come back as another: …%s… would be …%s… after a recovery."
                        .formatted(what.get(), excerpt(json, from), excerpt(again, from)));
    }

    private static String excerpt(String json, int from) {
        return json.substring(from, Math.min(json.length(), from + 2 * EXCERPT));
    }

    private boolean areSimple(Object[] arguments, Type[] types) {
        return IntStream.range(0, arguments.length).allMatch(i -> simple(arguments[i], types[i]) != null);
    }

    /** The JSON of a value that is immutable and needs no adapter, or null: most steps return such a one. */
    private String simple(Object value, Type type) {
        if (type == void.class || type == Void.class) return "null";
        return switch (value) {
            case Integer number when type == int.class || type == Integer.class -> number.toString();
            case Long number when type == long.class || type == Long.class -> number.toString();
            case Boolean bool when type == boolean.class || type == Boolean.class -> bool.toString();
            case String text when type == String.class && isPlain(text) -> '"' + text + '"';
            case null, default -> null;
        };
    }

    private boolean isPlain(String text) {
        if (text.length() + 2 > maxPayloadBytes) return false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') return false;
        }
        return true;
    }

    private String write(Supplier<String> what, Writing writing) {
        var out = new StrictWriter(maxPayloadBytes);
        try {
            writing.to(out);
            return out.json();
        } catch (JsonParseException | IOException e) {
            throw new PayloadException(
                    "Cannot store %s: at %s, %s.".formatted(what.get(), brief(out.path()), brief(e.getMessage())), e);
        }
    }

    private <T> T read(String json, Supplier<String> what, Reading<T> reading) {
        if (json == null) throw new PayloadException("Cannot read %s: there is no JSON.".formatted(what.get()));
        var in = new StrictReader(json);
        try {
            var value = reading.from(in);
            in.requireEnd();
            return value;
        } catch (JsonParseException
                | IllegalStateException
                | IOException e) { // IllegalState: another token than expected
            throw new PayloadException(
                    "Cannot read %s: at %s, %s.".formatted(what.get(), brief(in.getPreviousPath()), brief(e.getMessage())), e);
        }
    }

    /** The data may hold keys and texts of any length, which come back in what is said of them. */
    private static String brief(String text) {
        if (text == null || text.length() <= MAX_QUOTED) return text;
        return text.substring(0, MAX_QUOTED / 2) + "…" + text.substring(text.length() - MAX_QUOTED / 2);
    }

    private interface Writing {
        void to(StrictWriter out) throws IOException;
    }

    private interface Reading<T> {
        T from(StrictReader in) throws IOException;
    }
}
