package dev.dbosj.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.json.JsonCodecTest.Book;
import dev.dbosj.json.JsonCodecTest.Checked;
import dev.dbosj.json.JsonCodecTest.Colour;
import dev.dbosj.json.JsonCodecTest.Page;
import dev.dbosj.json.JsonCodecTest.SecureSettings;
import dev.dbosj.json.JsonCodecTest.Settings;
import dev.dbosj.workflow.TypeRef;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused when writing, and what when reading. */
class JsonRefusalTest {
    private final JsonCodec codec = new JsonCodec(1 << 20);

    @Test
    void inObjectPlacesOnlyPlainDataIsWritten() {
        for (Object value :
                List.of(new Page(1, "a"), Instant.EPOCH, Colour.RED, new BigDecimal("1"), Map.of(1, 2), new Object()))
            assertThatThrownBy(() -> codec.encode(List.of(value), List.class))
                    .isInstanceOf(PayloadException.class)
                    .hasMessageContaining("declare");
    }

    @Test
    void aWrongNumberOfArgumentsIsRefusedWithBothCounts() {
        Type[] two = {String.class, String.class};

        assertThatThrownBy(() -> codec.decodeArguments("{\"positionalArgs\":[\"a\"]}", two))
                .isInstanceOf(PayloadException.class)
                .hasMessage("1 arguments were given but the workflow takes 2.");
        assertThatThrownBy(() -> codec.decodeArguments("{\"positionalArgs\":[\"a\",\"b\",[{}]]}", two))
                .isInstanceOf(PayloadException.class)
                .hasMessage("3 arguments were given but the workflow takes 2.");
        assertThatThrownBy(() -> codec.encodeArguments(new Object[0], two))
                .isInstanceOf(PayloadException.class)
                .hasMessage("0 arguments were given but the workflow takes 2.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "null",
                "{\"positionalArgs\":null}",
                "{\"positionalArgs\":[\"a\"],\"x\":1}",
                "{\"positionalArgs\":[\"a\"]}x",
                "{\"positionalArgs\":[\"a\"],\"positionalArgs\":[\"a\"]}",
                "{\"positionalArgs\":[\"a\"],\"namedArgs\":{\"b\":1}}",
                "{\"positionalArgs\":[1]}"
            })
    void brokenArgumentsAreRefused(String json) {
        assertThatThrownBy(() -> codec.decodeArguments(json, new Type[] {String.class}))
                .isInstanceOf(PayloadException.class);
    }

    @Test
    void argumentsThatWouldChangeAreRefusedAtTheDoor() {
        var backwards = new TreeSet<String>(Comparator.reverseOrder());
        backwards.addAll(Set.of("a", "b"));

        assertThatThrownBy(() -> codec.encodeArguments(new Object[] {backwards}, new Type[] {SortedSet.class}))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("[\"b\",\"a\"]")
                .hasMessageContaining("[\"a\",\"b\"]");
    }

    @Test
    void aValueThatWouldComeBackAsAnotherIsRefused() {
        assertThatThrownBy(() -> codec.roundTrip(new Drifting(0), Drifting.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("{\"value\":1}")
                .hasMessageContaining("{\"value\":2}");
    }

    record Drifting(int value) {
        Drifting {
            value++;
        }
    }

    @Test
    void aSubclassInThePlaceOfItsSuperclassIsRefused() {
        assertThatThrownBy(() -> codec.encode(new SecureSettings(), Settings.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("SecureSettings")
                .hasMessageContaining("sealed interface");
    }

    @Test
    void anObjectOfAnotherTypeThanDeclaredIsRefused() {
        assertThatThrownBy(() -> codec.encode("x", Integer.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("java.lang.String stands where Integer");
        assertThatThrownBy(() -> codec.encode(List.of(1), new TypeRef<List<String>>() {}.type()))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("$[]");
        assertThatThrownBy(() -> codec.encode("x", new TypeRef<List<String>>() {}.type()))
                .isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> codec.encode("x", new TypeRef<Map<String, String>>() {}.type()))
                .isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> codec.encode("x", Page.class)).isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> codec.encode("x", int[].class)).isInstanceOf(PayloadException.class);
    }

    @Test
    void whatNoStoreOrReaderCanHoldIsNotWritten() {
        assertThatThrownBy(() -> codec.encode(Double.NaN, double.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("NaN is not a number in JSON");
        assertThatThrownBy(() -> codec.encode(Float.POSITIVE_INFINITY, Object.class))
                .isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> codec.encode("a\0b", String.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("index 1");
        assertThatThrownBy(() -> codec.encode('\0', char.class)).isInstanceOf(PayloadException.class);
        for (var half : List.of("\uD83D", "a\uD83Db", "\uDE00\uD83D", "\uDE00"))
            assertThatThrownBy(() -> codec.encode(Map.of(half, 1), Map.class))
                    .isInstanceOf(PayloadException.class)
                    .hasMessageContaining("surrogate");
        assertThatThrownBy(() -> codec.encode(new Book("t", List.of(new Page(1, "\0")), null, null), Book.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("at $.pages[].text, ");
        var nullKey = new HashMap<String, String>();
        nullKey.put(null, "");
        assertThatThrownBy(() -> codec.encode(nullKey, new TypeRef<Map<String, String>>() {}.type()))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("null");
    }

    @Test
    void nestingIsLimitedToWhatCanBeReadAgain() {
        Object deepest = List.of();
        for (int i = 1; i < 250; i++) deepest = List.of(deepest);
        var tooDeep = List.of(deepest);

        assertThat(codec.roundTrip(deepest, Object.class).value()).isEqualTo(deepest);
        assertThatThrownBy(() -> codec.encode(tooDeep, Object.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("250");
        assertThatThrownBy(() -> codec.decode("[".repeat(251) + "]".repeat(251), Object.class))
                .isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> codec.decode("[".repeat(1_000_000), Object.class))
                .isInstanceOf(PayloadException.class);
        var self = new ArrayList<Object>();
        self.add(self);
        self.add(self);
        assertThatThrownBy(() -> codec.encode(self, Object.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("contain itself");
    }

    @Test
    void aValueThatGrowsWithoutEndIsGivenUp() {
        Object bomb = "x".repeat(50);
        for (int i = 0; i < 200; i++) bomb = List.of(bomb, bomb);
        var given = bomb;

        assertThatThrownBy(() -> codec.encode(given, Object.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("more than");
    }

    @Test
    void theLimitCountsBytesOfUtf8AndTheRefusalSaysBothSizes() {
        var small = new JsonCodec(100);

        assertThat(small.encode("x".repeat(98), String.class)).hasSize(100);
        assertThat(small.encode("é".repeat(49), String.class)).hasSize(51);
        assertThatThrownBy(() -> small.encode("x".repeat(99), String.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("101 bytes")
                .hasMessageContaining("100 are");
        assertThatThrownBy(() -> small.encode("é".repeat(50), String.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("102 bytes");
        assertThatThrownBy(() -> small.encode("😀".repeat(25), String.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("102 bytes");
        assertThatThrownBy(() -> small.encode("€".repeat(33), String.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("101 bytes");
        assertThatThrownBy(() -> small.encodeArguments(new Object[] {"x".repeat(98)}, new Type[] {String.class}))
                .isInstanceOf(PayloadException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"number\":1,\"number\":2,\"text\":\"a\"}", // duplicate
                "{\"number\":1,\"text\":\"a\",\"more\":1}", // unknown
                "{\"text\":\"a\"}", // missing primitive
                "{\"number\":null,\"text\":\"a\"}", // null primitive
                "{\"number\":1.5,\"text\":\"a\"}", // not whole
                "{\"number\":2147483648,\"text\":\"a\"}", // too large
                "{\"number\":1e999999999,\"text\":\"a\"}", // a bomb of ten characters
                "{\"number\":\"1\",\"text\":\"a\"}", // text for a number
                "{\"number\":1,\"text\":5}", // number for a text
                "{\"number\":1,\"text\":{}}", // object for a text
                "{\"number\":1,\"text\":\"a\"} {}", // trailing data
                "{\"number\":1,\"text\":\"a\"", // truncated
                "{\"number\":1,\"text\":\"a\",}", // trailing comma
                "{'number':1,'text':'a'}", // single quotes
                "{number:1,text:\"a\"}", // no quotes
                "{\"number\":NaN,\"text\":\"a\"}",
                "{\"number\":01,\"text\":\"a\"}",
                "// comment\n{\"number\":1,\"text\":\"a\"}",
                ")]}'\n{\"number\":1,\"text\":\"a\"}",
                "{\"number\":1,\"text\":\"a\nb\"}", // raw line break
                "{\"number\":1,\"text\":\"\\x\"}", // unknown escape
                "{\"@class\":\"java.lang.ProcessBuilder\",\"number\":1,\"text\":\"a\"}",
                "[1,\"a\"]",
                "\"{}\"",
                "",
                " ",
            })
    void hostileJsonIsRefused(String json) {
        assertThatThrownBy(() -> codec.decode(json, Page.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageStartingWith("Cannot read ");
    }

    @Test
    void duplicateKeysAreRefusedAtEveryPlace() {
        for (Type type : List.of(Object.class, Map.class, new TypeRef<Map<String, Integer>>() {}.type()))
            assertThatThrownBy(() -> codec.decode("{\"a\":1,\"b\":2,\"a\":3}", type))
                    .isInstanceOf(PayloadException.class)
                    .hasMessageContaining("\"a\" occurs twice");
        assertThatThrownBy(() -> codec.decode("[{\"a\":1},{\"a\":{\"a\":1,\"a\":2}}]", Object.class))
                .isInstanceOf(PayloadException.class);
        assertThat(codec.decode("[{\"a\":1},{\"a\":{\"a\":1}}]", Object.class)).isNotNull();
        assertThatThrownBy(() -> codec.decode("{\"1\":1,\"1.0\":2}", new TypeRef<Map<Integer, Integer>>() {}.type()))
                .isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> codec.decode("[1,1]", new TypeRef<Set<Integer>>() {}.type()))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void aRefusalSaysWhereInTheDataAndWhy() {
        assertThatThrownBy(() -> codec.decode(
                        "{\"title\":\"t\",\"pages\":[{\"number\":1,\"text\":\"a\"},{\"number\":\"x\"}]}", Book.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("$.pages[1].number")
                .hasMessageContaining("Book");
        assertThatThrownBy(() -> codec.decode("{\"number\":1,\"x\":2}", Page.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("no field \"x\", only [number, text]");
    }

    @Test
    void textThatIsNotOfItsTypeIsRefused() {
        for (Type type : List.of(
                Instant.class,
                UUID.class,
                LocalDate.class,
                Colour.class,
                char.class,
                ZoneId.class,
                byte[].class,
                boolean.class))
            assertThatThrownBy(() -> codec.decode("\"?!\"", type)).isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> codec.decode("\"1-1-1-1-1\"", UUID.class)).isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> codec.decode("1e400", double.class)).isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> codec.decode("1e300", float.class)).isInstanceOf(PayloadException.class);
        assertThatThrownBy(() -> codec.decode("[null]", new TypeRef<ArrayDeque<String>>() {}.type()))
                .isInstanceOf(PayloadException.class);
    }

    @Test
    void aRecordThatRefusesItsValuesIsAPayloadProblem() {
        assertThatThrownBy(() -> codec.decode("{\"positive\":-1}", Checked.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("negative: -1")
                .rootCause()
                .isInstanceOf(IllegalArgumentException.class);
    }
}
