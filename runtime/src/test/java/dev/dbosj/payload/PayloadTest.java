package dev.dbosj.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonParser;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.json.ErrorCodec;
import dev.dbosj.json.JsonCodec;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Payloads that are cut, twisted, endless, or want a class to be loaded. */
@Tag("T10")
@Timeout(300)
class PayloadTest {
    private static final boolean LONG = "true".equals(System.getenv("CI"));
    private static final int SECONDS = Integer.getInteger("dbosj.seconds", LONG ? 10 : 1);
    private static final long SEED = Long.getLong("dbosj.seed", System.nanoTime() % 1_000_000);
    private static final int MAX_BYTES = 16 << 20;
    private static final String[] TOKENS = {
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "1e999999999", "-", "0", "\\u0000", "\\uD800", "\uD800", "{\"@class\":",
        "\"" + Payloads.GADGET + "\"", "\"type\"", "9".repeat(40), "\u0000", "\uFEFF", "//", "NaN"
    };

    private final JsonCodec json = new JsonCodec(MAX_BYTES);
    private final ErrorCodec errors = new ErrorCodec(json, List.of());
    private final Examiner examiner = new Examiner(Codec.of(json));

    @Test
    void everyTextIsAValueOfItsTypeOrRefused() {
        var values = Payloads.values();
        for (var value : values.entrySet()) {
            var good = json.encode(value.getValue(), value.getKey());
            examiner.examine(good, value.getKey());
            assertThat(json.encode(json.decode(good, value.getKey()), value.getKey())).isEqualTo(good);
            for (int length = 0; length < good.length(); length++) cut(good.substring(0, length), value.getKey());
        }
        for (var text : Payloads.hostile()) {
            boolean huge = text.length() > 1 << 20;
            for (var type : values.keySet()) if (!huge || type == String.class || type == Object.class) examiner.examine(text, type);
            decodeOthers(text);
        }
        assertThat(examiner.refused()).isPositive();
        assertThat(examiner.understood()).isPositive();
        int cases = examiner.cases();
        int executions = fuzz();
        assertThat(isLoaded(Payloads.GADGET)).as("a class that only data names was loaded").isFalse();
        System.out.printf("PAYLOAD cases %d, fuzz executions %d, crashes 0, classes loaded from data 0%n", cases, executions);
    }

    @Test
    void aRefusalIsShortHoweverLongTheKeysAndTextsOfTheDataAre() {
        var key = "k".repeat(1 << 20);
        for (var text : List.of("{\"" + key + "\":[", "{\"" + key + "\":1,\"" + key + "\":2}", "\"" + key + "\""))
            assertThatThrownBy(() -> json.decode(text, Payloads.Payment.class))
                    .isInstanceOf(PayloadException.class)
                    .satisfies(refusal -> assertThat(refusal.getMessage()).hasSizeLessThan(2_000));
    }

    /** A number that lost its end is one still; nothing else is. */
    private void cut(String text, Type type) {
        examiner.examine(text, type);
        if (!text.matches("-?\\d[\\d.]*"))
            assertThatThrownBy(() -> json.decode(text, type)).as("%s as %s", text, type).isInstanceOf(PayloadException.class);
    }

    private void decodeOthers(String text) {
        onlyRefusals(text, () -> json.decodeArguments(text, new Type[] {Payloads.Invoice.class}));
        onlyRefusals(text, () -> json.decodeArguments("{\"positionalArgs\":[" + text + "]}", new Type[] {Payloads.Invoice.class}));
        onlyRefusals(text, () -> errors.decode(text, List.of()));
        onlyRefusals(text, () -> errors.decode("{\"name\":\"%s\",\"message\":%s}".formatted(Payloads.GADGET, text), List.of()));
    }

    private static void onlyRefusals(String text, Runnable decoding) {
        try {
            decoding.run();
        } catch (PayloadException refusal) {
            assertThat(refusal.getMessage()).isNotBlank();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError crash) {
            throw new AssertionError(text.substring(0, Math.min(200, text.length())), crash);
        }
    }

    /** Changes good and bad texts at random. */
    private int fuzz() {
        var corpus = new ArrayList<>(Payloads.hostile().stream().filter(text -> text.length() < 5_000).toList());
        Payloads.values().forEach((type, value) -> corpus.add(json.encode(value, type)));
        corpus.add(errors.encode(new IllegalStateException("outer", new RuntimeException("inner"))));
        var types = List.copyOf(Payloads.values().keySet());
        var random = new Random(SEED);
        long end = System.nanoTime() + SECONDS * 1_000_000_000L;
        int executions = 0;
        while (executions == 0 || System.nanoTime() < end) {
            var text = changed(corpus, random);
            try {
                examiner.examine(text, types.get(random.nextInt(types.size())));
                decodeOthers(text);
            } catch (AssertionError crash) {
                throw new AssertionError("-Ddbosj.seed=%d, execution %d".formatted(SEED, executions), crash);
            }
            executions++;
        }
        return executions;
    }

    private static String changed(List<String> corpus, Random random) {
        var text = new StringBuilder(corpus.get(random.nextInt(corpus.size())));
        for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
            int at = random.nextInt(text.length() + 1);
            int until = Math.min(text.length(), at + random.nextInt(8));
            var other = corpus.get(random.nextInt(corpus.size()));
            switch (random.nextInt(6)) {
                case 0 -> text.delete(at, until);
                case 1 -> text.insert(at, TOKENS[random.nextInt(TOKENS.length)]);
                case 2 -> text.replace(at, until, TOKENS[random.nextInt(TOKENS.length)]);
                case 3 -> text.insert(at, text.substring(at, until).repeat(1 + random.nextInt(3)));
                case 4 -> text.insert(at, (char) random.nextInt(random.nextBoolean() ? 128 : 65_536));
                default -> text.insert(at, other, 0, random.nextInt(other.length() + 1));
            }
        }
        return text.toString();
    }

    @Test
    @Tag("canary")
    void aLenientReaderAndOneThatLoadsClassesAreNoticed() {
        var gson = new Gson();
        var lenient = new Examiner(new Codec() {
            @Override
            public Object decode(String text, Type type) {
                return gson.fromJson(text, type);
            }

            @Override
            public String encode(Object value, Type type) {
                return gson.toJson(value, type);
            }
        });
        int noticed = 0;
        for (var text : Payloads.hostile()) {
            if (text.length() > 1_000_000) continue;
            try {
                lenient.examine(text, Payloads.Tree.class);
            } catch (AssertionError caught) {
                noticed++;
            }
        }
        assertThat(noticed).isPositive();

        var gadget = Payloads.GADGET.replace("Gadget", "LateGadget");
        assertThat(isLoaded(gadget)).isFalse();
        loadByName("{\"@class\":\"" + gadget + "\"}");
        assertThat(isLoaded(gadget)).isTrue();
        System.out.printf("PAYLOAD canary lenient reader caught by texts %d, class loader caught 1%n", noticed);
    }

    private static void loadByName(String text) {
        try {
            Class.forName(JsonParser.parseString(text).getAsJsonObject().get("@class").getAsString());
        } catch (ClassNotFoundException missing) {
            throw new AssertionError(missing);
        }
    }

    private static boolean isLoaded(String name) {
        try {
            var find = ClassLoader.class.getDeclaredMethod("findLoadedClass", String.class);
            find.setAccessible(true); // tests are run with --add-opens java.base/java.lang
            return find.invoke(PayloadTest.class.getClassLoader(), name) != null;
        } catch (ReflectiveOperationException failure) {
            throw new AssertionError(failure);
        }
    }
}
