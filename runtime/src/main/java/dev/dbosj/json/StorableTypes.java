package dev.dbosj.json;

import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import dev.dbosj.exceptions.PayloadException;
import java.io.IOException;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decides which types survive JSON, by building their adapters: what has none is refused when the type is first seen,
 * long before a value of it would be lost. Thread-safe.
 */
final class StorableTypes {
    private static final int MAX_TYPE_DEPTH = 64; // record Grow<T>(Grow<List<T>> next) has no end

    private final Map<Type, TypeAdapter<Object>> adapters = new ConcurrentHashMap<>();

    /** @throws PayloadException if the type does not survive JSON, with a clause that says why and what to do */
    TypeAdapter<Object> adapter(Type type) {
        var adapter = adapters.get(type);
        return adapter != null ? adapter : new Building().finish(type);
    }

    /** One walk over a type and all that it is made of. */
    private final class Building {
        // Published only when the whole walk has succeeded: half of a refused type must not be found later.
        private final Map<Type, Reference> begun = new HashMap<>();
        private int depth;

        TypeAdapter<Object> finish(Type type) {
            var adapter = of(type);
            begun.forEach((seen, reference) -> adapters.putIfAbsent(seen, reference.target));
            return adapter;
        }

        private TypeAdapter<Object> of(Type type) {
            var known = adapters.get(type);
            if (known != null) return known;
            var reference = begun.get(type);
            if (reference != null) return reference.target != null ? reference.target : reference;
            if (depth++ > MAX_TYPE_DEPTH)
                throw new PayloadException(type.getTypeName() + " is nested too deeply, or without an end");
            reference = new Reference();
            begun.put(type, reference);
            reference.target = general(build(type));
            depth--;
            return reference.target;
        }

        @SuppressWarnings("unchecked") // an adapter checks the class of what it writes
        private static TypeAdapter<Object> general(TypeAdapter<?> adapter) {
            return (TypeAdapter<Object>) adapter;
        }

        private TypeAdapter<?> build(Type type) {
            return switch (type) {
                case Class<?> plain -> build(plain, plain);
                case ParameterizedType generic -> build(GenericTypes.erase(generic), generic);
                case GenericArrayType array -> array(array.getGenericComponentType());
                case WildcardType wildcard -> of(GenericTypes.resolve(wildcard, Object.class));
                case TypeVariable<?> variable ->
                    throw new PayloadException(
                            "the type variable %s has no type of its own at run time: declare the type that it stands for"
                                    .formatted(variable));
                default -> throw new PayloadException("unknown kind of type " + type);
            };
        }

        private TypeAdapter<?> build(Class<?> raw, Type type) {
            if (raw == void.class || raw == Void.class) return new NothingAdapter();
            if (raw == Object.class) return new DataAdapter();
            if (ScalarAdapter.of(raw) != null) return ScalarAdapter.of(raw);
            if (raw.isArray()) return array(raw.getComponentType());
            if (raw.isEnum()) return ofEnum(raw);
            if (raw == Optional.class) return optional(argument(type, 0));
            if (Containers.isSorted(raw)) requireOrder(argument(type, 0));
            if (Containers.isCollection(raw)) return Containers.collection(raw, of(argument(type, 0)));
            if (Containers.isMap(raw)) return Containers.map(raw, key(argument(type, 0)), of(argument(type, 1)));
            if (!raw.isRecord()) Refusals.check(raw);
            if (type == raw && raw.getTypeParameters().length > 0)
                throw new PayloadException(raw.getName() + " stands without its type arguments: write them");
            return raw.isSealed() ? sealed(raw, type) : fields(raw, type);
        }

        private TypeAdapter<?> array(Type component) {
            return Containers.array(GenericTypes.erase(component), of(component));
        }

        @SuppressWarnings({"unchecked", "rawtypes"}) // the compiler cannot name an enum that it does not know
        private static TypeAdapter<?> ofEnum(Class<?> raw) {
            return ScalarAdapter.ofEnum((Class<? extends Enum>) raw);
        }

        private TypeAdapter<?> optional(Type content) {
            if (GenericTypes.erase(content) == Optional.class)
                throw new PayloadException(
                        "an Optional in an Optional cannot be told from an empty one: remove one of them");
            return Containers.optional(of(content));
        }

        /** A comparator cannot be stored. */
        private static void requireOrder(Type element) {
            if (element == Object.class || Comparable.class.isAssignableFrom(GenericTypes.erase(element))) return;
            throw new PayloadException(
                    "%s has no order of its own, so it cannot be sorted again: declare List, Set or Map"
                            .formatted(element.getTypeName()));
        }

        private ScalarAdapter<?> key(Type type) {
            if (type == Object.class) return ScalarAdapter.of(String.class);
            var raw = GenericTypes.erase(type);
            var adapter = raw.isEnum() ? ofEnum(raw) : ScalarAdapter.of(raw);
            if (adapter instanceof ScalarAdapter<?> scalar && raw != byte[].class) return scalar;
            throw new PayloadException(
                    "%s cannot be the key of a map, because keys of JSON are text: use a String, a number, "
                                    .formatted(type.getTypeName())
                            + "an enum or a UUID, or a List of records");
        }

        private FieldsAdapter fields(Class<?> raw, Type type) {
            var shape = raw.isRecord() ? Shape.ofRecord(raw) : Shape.ofClass(raw);
            var fields = shape.members().stream()
                    .map(member -> new FieldsAdapter.Field(member.name(), member(raw, type, member)))
                    .toList();
            return new FieldsAdapter(raw, shape, fields);
        }

        private TypeAdapter<Object> member(Class<?> raw, Type type, Shape.Member member) {
            try {
                return of(GenericTypes.resolve(member.type(), type));
            } catch (PayloadException e) {
                throw new PayloadException(
                        "\"%s\" of %s: %s".formatted(member.name(), raw.getName(), e.getMessage()), e);
            }
        }

        private TypeAdapter<?> sealed(Class<?> raw, Type type) {
            var ends = SealedTypes.ends(raw);
            var adapters = new LinkedHashMap<Class<?>, FieldsAdapter>();
            for (var end : ends.values()) {
                if (!end.isRecord()) Refusals.check(end);
                adapters.put(end, fields(end, GenericTypes.subtype(end, type)));
            }
            return new SealedTypes(raw, ends, adapters).nullSafe();
        }

        private static Type argument(Type type, int index) {
            return type instanceof ParameterizedType generic ? generic.getActualTypeArguments()[index] : Object.class;
        }
    }

    /** Stands for the adapter of a type that contains itself. */
    private static final class Reference extends TypeAdapter<Object> {
        private volatile TypeAdapter<Object> target;

        @Override
        public void write(JsonWriter out, Object value) throws IOException {
            target.write(out, value);
        }

        @Override
        public Object read(JsonReader in) throws IOException {
            return target.read(in);
        }
    }

    /** What a method without a result returns. */
    private static final class NothingAdapter extends TypeAdapter<Object> {
        @Override
        public void write(JsonWriter out, Object value) throws IOException {
            out.nullValue();
        }

        @Override
        public Object read(JsonReader in) throws IOException {
            if (in.peek() != JsonToken.NULL) throw new JsonParseException("expected null for void");
            in.nextNull();
            return null;
        }
    }
}
