package dev.dbosj.cli;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The members of an object of JSON, in their order, by their keys. */
final class Fields<T> {
    private final Map<String, BiConsumer<Json, T>> members = new LinkedHashMap<>();

    Fields<T> text(String key, Function<T, String> value) {
        return member(key, (json, item) -> json.text(key, value.apply(item)));
    }

    Fields<T> number(String key, Function<T, Number> value) {
        return member(key, (json, item) -> json.number(key, value.apply(item)));
    }

    Fields<T> flag(String key, Function<T, Boolean> value) {
        return member(key, (json, item) -> json.flag(key, value.apply(item)));
    }

    /** In epoch milliseconds. */
    Fields<T> time(String key, Function<T, Instant> value) {
        return member(key, (json, item) -> json.time(key, value.apply(item)));
    }

    /** In milliseconds. */
    Fields<T> span(String key, Function<T, Duration> value) {
        return number(key, item -> {
            var span = value.apply(item);
            return span == null ? null : span.toMillis();
        });
    }

    /** JSON as it is. */
    Fields<T> payload(String key, Function<T, String> value) {
        return member(key, (json, item) -> json.payload(key, value.apply(item)));
    }

    Fields<T> texts(String key, Function<T, ? extends Iterable<String>> value) {
        return member(key, (json, item) -> json.texts(key, value.apply(item)));
    }

    private Fields<T> member(String key, BiConsumer<Json, T> member) {
        members.put(key, member);
        return this;
    }

    List<String> keys() {
        return List.copyOf(members.keySet());
    }

    JsonObject object(T item) {
        var json = new Json();
        members.values().forEach(member -> member.accept(json, item));
        return json.object();
    }
}
