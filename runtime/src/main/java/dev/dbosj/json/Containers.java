package dev.dbosj.json;

import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.lang.reflect.Array;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Queue;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Adapters of what holds other values. Hash tables come back as their linked twins, so that the order survives. */
final class Containers {
    private static final Map<Class<?>, Supplier<Collection<Object>>> COLLECTIONS = Map.ofEntries(
            Map.entry(Collection.class, ArrayList::new),
            Map.entry(SequencedCollection.class, ArrayList::new),
            Map.entry(List.class, ArrayList::new),
            Map.entry(ArrayList.class, ArrayList::new),
            Map.entry(LinkedList.class, LinkedList::new),
            Map.entry(Set.class, LinkedHashSet::new),
            Map.entry(SequencedSet.class, LinkedHashSet::new),
            Map.entry(HashSet.class, LinkedHashSet::new),
            Map.entry(LinkedHashSet.class, LinkedHashSet::new),
            Map.entry(SortedSet.class, TreeSet::new),
            Map.entry(NavigableSet.class, TreeSet::new),
            Map.entry(TreeSet.class, TreeSet::new),
            Map.entry(Queue.class, ArrayDeque::new),
            Map.entry(Deque.class, ArrayDeque::new),
            Map.entry(ArrayDeque.class, ArrayDeque::new));

    private static final Map<Class<?>, Supplier<Map<Object, Object>>> MAPS = Map.of(
            Map.class, LinkedHashMap::new,
            SequencedMap.class, LinkedHashMap::new,
            HashMap.class, LinkedHashMap::new,
            LinkedHashMap.class, LinkedHashMap::new,
            SortedMap.class, TreeMap::new,
            NavigableMap.class, TreeMap::new,
            TreeMap.class, TreeMap::new);

    private Containers() {}

    static boolean isCollection(Class<?> type) {
        return COLLECTIONS.containsKey(type);
    }

    static boolean isMap(Class<?> type) {
        return MAPS.containsKey(type);
    }

    static boolean isSorted(Class<?> type) {
        return SortedSet.class.isAssignableFrom(type) || SortedMap.class.isAssignableFrom(type);
    }

    static TypeAdapter<?> collection(Class<?> type, TypeAdapter<Object> element) {
        return new CollectionAdapter(type, COLLECTIONS.get(type), element).nullSafe();
    }

    static TypeAdapter<?> map(Class<?> type, ScalarAdapter<?> key, TypeAdapter<Object> value) {
        return new MapAdapter(type, MAPS.get(type), key, value).nullSafe();
    }

    static TypeAdapter<?> array(Class<?> component, TypeAdapter<Object> element) {
        return new ArrayAdapter(component, element).nullSafe();
    }

    static TypeAdapter<?> optional(TypeAdapter<Object> content) {
        return new OptionalAdapter(content);
    }

    private static <T> T require(Class<T> type, Object value) {
        if (!type.isInstance(value))
            throw new JsonParseException(
                    "%s stands where %s is declared".formatted(value.getClass().getName(), type.getName()));
        return type.cast(value);
    }

    private static final class CollectionAdapter extends TypeAdapter<Object> {
        private final Class<?> type;
        private final Supplier<Collection<Object>> empty;
        private final TypeAdapter<Object> element;

        CollectionAdapter(Class<?> type, Supplier<Collection<Object>> empty, TypeAdapter<Object> element) {
            this.type = type;
            this.empty = empty;
            this.element = element;
        }

        @Override
        public void write(JsonWriter out, Object value) throws IOException {
            out.beginArray();
            for (Object each : (Collection<?>) require(type, value)) element.write(out, each);
            out.endArray();
        }

        @Override
        public Object read(JsonReader in) throws IOException {
            var elements = empty.get();
            in.beginArray();
            while (in.hasNext()) add(elements, element.read(in));
            in.endArray();
            return elements;
        }

        private void add(Collection<Object> elements, Object element) {
            boolean added;
            try {
                added = elements.add(element);
            } catch (NullPointerException | ClassCastException e) {
                throw new JsonParseException("a %s cannot hold %s".formatted(type.getSimpleName(), element), e);
            }
            if (!added)
                throw new JsonParseException("a %s cannot hold %s twice".formatted(type.getSimpleName(), element));
        }
    }

    private static final class MapAdapter extends TypeAdapter<Object> {
        private final Class<?> type;
        private final Supplier<Map<Object, Object>> empty;
        private final ScalarAdapter<?> key;
        private final TypeAdapter<Object> value;

        MapAdapter(
                Class<?> type, Supplier<Map<Object, Object>> empty, ScalarAdapter<?> key, TypeAdapter<Object> value) {
            this.type = type;
            this.empty = empty;
            this.key = key;
            this.value = value;
        }

        @Override
        public void write(JsonWriter out, Object map) throws IOException {
            out.beginObject();
            for (var entry : ((Map<?, ?>) require(type, map)).entrySet()) {
                if (entry.getKey() == null)
                    throw new JsonParseException("a key of the map is null, which JSON cannot say");
                out.name(key.toText(entry.getKey()));
                value.write(out, entry.getValue());
            }
            out.endObject();
        }

        @Override
        public Object read(JsonReader in) throws IOException {
            var map = empty.get();
            in.beginObject();
            while (in.hasNext()) {
                var name = in.nextName();
                var found = key.fromText(name);
                if (map.containsKey(found)) throw new JsonParseException("the key \"" + name + "\" occurs twice");
                map.put(found, value.read(in));
            }
            in.endObject();
            return map;
        }
    }

    private static final class ArrayAdapter extends TypeAdapter<Object> {
        private final Class<?> component;
        private final TypeAdapter<Object> element;

        ArrayAdapter(Class<?> component, TypeAdapter<Object> element) {
            this.component = component;
            this.element = element;
        }

        @Override
        public void write(JsonWriter out, Object array) throws IOException {
            require(component.arrayType(), array);
            out.beginArray();
            for (int i = 0; i < Array.getLength(array); i++) element.write(out, Array.get(array, i));
            out.endArray();
        }

        @Override
        public Object read(JsonReader in) throws IOException {
            var elements = new ArrayList<>();
            in.beginArray();
            while (in.hasNext()) elements.add(element.read(in));
            in.endArray();
            var array = Array.newInstance(component, elements.size());
            for (int i = 0; i < elements.size(); i++) Array.set(array, i, elements.get(i));
            return array;
        }
    }

    /** An empty Optional is JSON null; a null in its place comes back as an empty one. */
    private static final class OptionalAdapter extends TypeAdapter<Object> {
        private final TypeAdapter<Object> content;

        OptionalAdapter(TypeAdapter<Object> content) {
            this.content = content;
        }

        @Override
        public void write(JsonWriter out, Object value) throws IOException {
            if (value == null || require(Optional.class, value).isEmpty()) out.nullValue();
            else content.write(out, require(Optional.class, value).get());
        }

        @Override
        public Object read(JsonReader in) throws IOException {
            if (in.peek() != JsonToken.NULL) return Optional.of(content.read(in));
            in.nextNull();
            return Optional.empty();
        }
    }
}
