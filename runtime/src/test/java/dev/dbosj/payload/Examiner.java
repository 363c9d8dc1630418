package dev.dbosj.payload;

import dev.dbosj.exceptions.PayloadException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.reflect.Type;
import java.time.Duration;

/** Whatever the text is: a value of the type that can be stored again as it is, or a refusal, soon. */
final class Examiner {
    /** Of the processor's time, which others on the machine do not take. */
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final Codec codec;
    private int refused;
    private int understood;

    Examiner(Codec codec) {
        this.codec = codec;
    }

    void examine(String json, Type type) {
        long begin = THREADS.getCurrentThreadCpuTime();
        try {
            var value = codec.decode(json, type);
            understood++;
            requireStable(value, json, type);
        } catch (PayloadException refusal) {
            refused++;
            if (refusal.getMessage() == null || refusal.getMessage().length() > 2_000) throw wrong(json, type, "has a bad message", refusal);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError crash) {
            throw wrong(json, type, "crashed with " + crash.getClass().getSimpleName(), crash);
        }
        if (THREADS.getCurrentThreadCpuTime() - begin > SOON.toNanos()) throw wrong(json, type, "took long", null);
    }

    private void requireStable(Object value, String json, Type type) {
        String once;
        try {
            once = codec.encode(value, type);
        } catch (PayloadException unstorable) {
            throw wrong(json, type, "was understood as what cannot be stored", unstorable);
        }
        var twice = codec.encode(codec.decode(once, type), type);
        if (!once.equals(twice)) throw wrong(json, type, "changed when it was stored again", null);
    }

    private static AssertionError wrong(String json, Type type, String what, Throwable cause) {
        var shown = json.length() <= 200 ? json : json.substring(0, 200) + "… (" + json.length() + " characters)";
        return new AssertionError("%s as %s %s".formatted(shown, type.getTypeName(), what), cause);
    }

    int refused() {
        return refused;
    }

    int understood() {
        return understood;
    }

    int cases() {
        return refused + understood;
    }
}
