package dev.dbosj.json;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads JSON to the letter: no leniency, no duplicate keys, no endless nesting, nothing after the value. */
final class StrictReader extends JsonReader {
    // One set for each level of nesting, kept for the next object of that level.
    private final List<Set<String>> namesByDepth = new ArrayList<>();
    private int depth = -1;

    StrictReader(String json) {
        super(new StringReader(json));
        setStrictness(Strictness.STRICT);
        setNestingLimit(StrictWriter.MAX_DEPTH);
    }

    @Override
    public void beginObject() throws IOException {
        super.beginObject();
        if (++depth == namesByDepth.size()) namesByDepth.add(new HashSet<>());
        namesByDepth.get(depth).clear();
    }

    @Override
    public void endObject() throws IOException {
        super.endObject();
        depth--;
    }

    @Override
    public String nextName() throws IOException {
        var name = super.nextName();
        if (!namesByDepth.get(depth).add(name)) throw new JsonParseException("the key \"" + name + "\" occurs twice");
        return name;
    }

    void requireEnd() throws IOException {
        if (peek() != JsonToken.END_DOCUMENT) throw new JsonParseException("there is more text after the value");
    }
}
