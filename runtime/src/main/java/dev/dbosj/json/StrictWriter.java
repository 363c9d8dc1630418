package dev.dbosj.json;

import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.Writer;

/** Writes JSON that every store can hold and {@link StrictReader} can read again, and knows where it stands. */
final class StrictWriter extends JsonWriter {
    // Gson writes any depth but by default reads only 255: what cannot be read again must not be written.
    static final int MAX_DEPTH = 250;

    private final Text text;
    private final String[] names = new String[MAX_DEPTH + 1];
    private int depth;

    StrictWriter(int maxBytes) {
        this(new Text(maxBytes));
    }

    private StrictWriter(Text text) {
        super(text);
        this.text = text;
        setStrictness(Strictness.STRICT);
    }

    /** What was written. */
    String json() {
        if (text.bytes > text.maxBytes) throw text.tooLarge("has " + text.bytes);
        return text.kept.toString();
    }

    /** Where the writer stands: {@code $.pages[].number}. */
    String path() {
        var path = new StringBuilder("$");
        for (int i = 1; i <= Math.min(depth, MAX_DEPTH); i++) path.append(names[i] == null ? "[]" : "." + names[i]);
        return path.toString();
    }

    @Override
    public JsonWriter beginObject() throws IOException {
        descend();
        return super.beginObject();
    }

    @Override
    public JsonWriter endObject() throws IOException {
        depth--;
        return super.endObject();
    }

    @Override
    public JsonWriter beginArray() throws IOException {
        descend();
        return super.beginArray();
    }

    @Override
    public JsonWriter endArray() throws IOException {
        depth--;
        return super.endArray();
    }

    @Override
    public JsonWriter name(String name) throws IOException {
        names[depth] = name;
        requireStorable(name);
        return super.name(name);
    }

    @Override
    public JsonWriter value(String value) throws IOException {
        if (value != null) requireStorable(value);
        return super.value(value);
    }

    private void descend() {
        if (++depth > MAX_DEPTH)
            throw new JsonParseException(
                    "it is nested deeper than %d levels; does it contain itself?".formatted(MAX_DEPTH));
        names[depth] = null;
    }

    private static void requireStorable(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0)
                throw new JsonParseException(
                        "the text holds a NUL character (U+0000) at index %d, which PostgreSQL ".formatted(i)
                                + "cannot hold: remove it, or store byte[]");
            if (!Character.isSurrogate(c)) continue;
            if (!Character.isHighSurrogate(c)
                    || i + 1 == text.length()
                    || !Character.isLowSurrogate(text.charAt(i + 1)))
                throw new JsonParseException(
                        "the text holds half of a surrogate pair (U+%04X) at index %d, which has no "
                                        .formatted((int) c, i)
                                + "UTF-8 form");
            i++;
        }
    }

    /** Keeps at most the limit but counts on, so that the refusal can say both sizes; a value without end is given up. */
    private static final class Text extends Writer {
        private static final int PATIENCE = 16;

        final int maxBytes;
        final StringBuilder kept = new StringBuilder();
        long bytes;

        Text(int maxBytes) {
            this.maxBytes = maxBytes;
        }

        JsonParseException tooLarge(String size) {
            return new JsonParseException(
                    "it %s bytes of UTF-8, %d are allowed: store it elsewhere and pass a reference, "
                                    .formatted(size, maxBytes)
                            + "or raise DBOSConfig.maxPayloadBytes");
        }

        @Override
        public void write(int c) {
            count((char) c);
            if (bytes <= maxBytes) kept.append((char) c);
        }

        @Override
        public void write(char[] chars, int offset, int length) {
            for (int i = offset; i < offset + length; i++) count(chars[i]);
            if (bytes <= maxBytes) kept.append(chars, offset, length);
        }

        @Override
        public void write(String text, int offset, int length) {
            for (int i = offset; i < offset + length; i++) count(text.charAt(i));
            if (bytes <= maxBytes) kept.append(text, offset, offset + length);
        }

        private void count(char c) {
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
            if (bytes > (long) PATIENCE * maxBytes) throw tooLarge("has more than " + (bytes - 1));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
