package dev.dbosj.sqlite;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Any number of values as one, for {@code json_each(?)}. */
final class JsonTexts {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private JsonTexts() {}

    static String array(Collection<?> values) {
        return GSON.toJson(values);
    }

    static List<String> list(String array) {
        return List.of(GSON.fromJson(array, String[].class));
    }

    static Set<String> set(String array) {
        return Set.copyOf(list(array));
    }
}
