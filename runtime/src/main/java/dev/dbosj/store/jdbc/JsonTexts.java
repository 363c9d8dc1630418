package dev.dbosj.store.jdbc;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.Collection;
import java.util.List;

/** Any number of values as one text, a JSON array. */
public final class JsonTexts {
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private JsonTexts() {}

    public static String array(Collection<?> values) {
        return GSON.toJson(values);
    }

    public static List<String> list(String array) {
        return List.of(GSON.fromJson(array, String[].class));
    }
}
