package dev.dbosj.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.workflow.TypeRef;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonCodecTest {
    private final JsonCodec codec = new JsonCodec(1 << 20);

    record Page(int number, String text) {}

    record Book(String title, List<Page> pages, Optional<Page> cover, Map<String, Set<DayOfWeek>> sales) {}

    record Box<T>(T content, List<T> others) {}

    record Tree(String name, List<Tree> children) {}

    record Names(Integer a, Optional<String> b, List<String> c) {}

    record Checked(int positive) {
        Checked {
            if (positive < 0) throw new IllegalArgumentException("negative: " + positive);
        }
    }

    enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "green!";
            }
        }
    }

    static class Settings {
        private String host = "localhost";
        private int port = 80;
        transient Thread thread = Thread.currentThread();
    }

    static class SecureSettings extends Settings {
        private List<String> keys;
    }

    record Case(Type type, Object value, String json) {
        @Override
        public String toString() {
            return type.getTypeName();
        }
    }

    static List<Case> values() {
        return List.of(
                new Case(String.class, "plain", "\"plain\""),
                new Case(
                        String.class,
                        "\"quoted\" \\ \n é 😀 <a href='x'>",
                        "\"\\\"quoted\\\" \\\\ \\n é 😀 <a href='x'>\""),
                new Case(int.class, 42, "42"),
                new Case(Integer.class, -42, "-42"),
                new Case(long.class, Long.MIN_VALUE, "-9223372036854775808"),
                new Case(short.class, (short) 7, "7"),
                new Case(byte.class, (byte) -7, "-7"),
                new Case(char.class, 'x', "\"x\""),
                new Case(boolean.class, true, "true"),
                new Case(double.class, 0.1, "0.1"),
                new Case(Double.class, -0.0, "-0.0"),
                new Case(float.class, 1e10f, "1.0E10"),
                new Case(BigDecimal.class, new BigDecimal("1.10"), "1.10"),
                new Case(BigInteger.class, BigInteger.TWO.pow(100), "1267650600228229401496703205376"),
                new Case(byte[].class, new byte[] {1, 2, -1}, "\"AQL/\""),
                new Case(int[].class, new int[] {1, 2}, "[1,2]"),
                new Case(Page[].class, new Page[] {new Page(1, "a")}, "[{\"number\":1,\"text\":\"a\"}]"),
                new Case(UUID.class, new UUID(1, 2), "\"00000000-0000-0001-0000-000000000002\""),
                new Case(URI.class, URI.create("http://a.b/c?d=e&f"), "\"http://a.b/c?d=e&f\""),
                new Case(Instant.class, Instant.ofEpochSecond(1, 5), "\"1970-01-01T00:00:01.000000005Z\""),
                new Case(Duration.class, Duration.ofMillis(1500), "\"PT1.5S\""),
                new Case(LocalDate.class, LocalDate.of(2026, 2, 3), "\"2026-02-03\""),
                new Case(LocalDateTime.class, LocalDateTime.of(2026, 2, 3, 4, 5), "\"2026-02-03T04:05\""),
                new Case(
                        ZonedDateTime.class,
                        ZonedDateTime.of(2026, 2, 3, 4, 5, 6, 7, ZoneId.of("Europe/Paris")),
                        "\"2026-02-03T04:05:06.000000007+01:00[Europe/Paris]\""),
                new Case(ZoneId.class, ZoneId.of("Europe/Paris"), "\"Europe/Paris\""),
                new Case(Colour.class, Colour.GREEN, "\"GREEN\""),
                new Case(new TypeRef<Optional<Page>>() {}.type(), Optional.empty(), "null"),
                new Case(
                        new TypeRef<Optional<Page>>() {}.type(),
                        Optional.of(new Page(1, "a")),
                        "{\"number\":1,\"text\":\"a\"}"),
                new Case(
                        new TypeRef<List<Page>>() {}.type(),
                        List.of(new Page(1, null)),
                        "[{\"number\":1,\"text\":null}]"),
                new Case(
                        new TypeRef<List<? extends Page>>() {}.type(),
                        List.of(new Page(1, "a")),
                        "[{\"number\":1,\"text\":\"a\"}]"),
                new Case(
                        new TypeRef<List<Page>[]>() {}.type(),
                        new List<?>[] {List.of(new Page(1, "a"))},
                        "[[{\"number\":1,\"text\":\"a\"}]]"),
                new Case(new TypeRef<Collection<Long>>() {}.type(), List.of(1L, 2L), "[1,2]"),
                new Case(new TypeRef<SortedSet<String>>() {}.type(), new TreeSet<>(Set.of("b", "a")), "[\"a\",\"b\"]"),
                new Case(new TypeRef<Map<Colour, Integer>>() {}.type(), Map.of(Colour.GREEN, 1), "{\"GREEN\":1}"),
                new Case(
                        new TypeRef<Map<Integer, Page>>() {}.type(),
                        Map.of(3, new Page(1, "a")),
                        "{\"3\":{\"number\":1,\"text\":\"a\"}}"),
                new Case(
                        new TypeRef<SortedMap<UUID, Integer>>() {}.type(),
                        new java.util.TreeMap<>(Map.of(new UUID(1, 2), 5)),
                        "{\"00000000-0000-0001-0000-000000000002\":5}"),
                new Case(
                        new TypeRef<Box<Instant>>() {}.type(),
                        new Box<>(Instant.EPOCH, List.of(Instant.EPOCH)),
                        "{\"content\":\"1970-01-01T00:00:00Z\",\"others\":[\"1970-01-01T00:00:00Z\"]}"),
                new Case(
                        Tree.class,
                        new Tree("a", List.of(new Tree("b", List.of()))),
                        "{\"name\":\"a\",\"children\":[{\"name\":\"b\",\"children\":[]}]}"),
                new Case(
                        Book.class,
                        new Book(
                                "t",
                                List.of(new Page(1, "a")),
                                Optional.empty(),
                                Map.of("x", Set.of(DayOfWeek.MONDAY))),
                        "{\"title\":\"t\",\"pages\":[{\"number\":1,\"text\":\"a\"}],\"cover\":null,\"sales\":{\"x\":[\"MONDAY\"]}}"),
                new Case(
                        Object.class,
                        Arrays.asList(1L, 1.0, "a", true, null, Map.of("k", List.of())),
                        "[1,1.0,\"a\",true,null,{\"k\":[]}]"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueComesBackAsItWas(Case given) {
        var stored = codec.roundTrip(given.value(), given.type());

        assertThat(stored.json()).isEqualTo(given.json());
        assertThat(codec.encode(given.value(), given.type())).isEqualTo(given.json());
        for (var copy : List.of(
                Optional.ofNullable(stored.value()), Optional.ofNullable(codec.decode(given.json(), given.type()))))
            assertThat(copy.orElse(null)).usingRecursiveComparison().isEqualTo(given.value());
    }

    @Test
    void whatIsReturnedIsACopyWithoutTheIdentityOfTheOriginal() {
        var pages = new ArrayList<>(List.of(new Page(1, "a")));

        var stored = codec.roundTrip(pages, new TypeRef<List<Page>>() {}.type());
        pages.clear();

        assertThat(stored.value()).isEqualTo(List.of(new Page(1, "a")));
    }

    @Test
    void theOrderOfAHashSetAndAHashMapSurvives() {
        var set = new HashSet<String>();
        var map = new HashMap<String, Integer>();
        for (int i = 0; i < 1000; i++) {
            set.add("k" + i * 7919);
            map.put("k" + i * 7919, i);
        }

        assertThat(codec.roundTrip(set, new TypeRef<HashSet<String>>() {}.type())
                        .value())
                .isEqualTo(set);
        assertThat(codec.roundTrip(map, new TypeRef<HashMap<String, Integer>>() {}.type())
                        .value())
                .isEqualTo(map);
    }

    @Test
    void aClassKeepsItsFieldsAndThoseOfItsSuperclass() {
        var settings = new SecureSettings();
        settings.keys = List.of("a");
        ((Settings) settings).port = 81;

        var copy =
                (SecureSettings) codec.roundTrip(settings, SecureSettings.class).value();

        assertThat(codec.encode(settings, SecureSettings.class))
                .isEqualTo("{\"host\":\"localhost\",\"port\":81,\"keys\":[\"a\"]}");
        assertThat(copy.keys).containsExactly("a");
        assertThat(((Settings) copy).port).isEqualTo(81);
    }

    @Test
    void aFieldOfAClassThatIsMissingKeepsWhatTheConstructorGaveIt() {
        var settings = (Settings) codec.decode("{\"host\":\"example.org\"}", Settings.class);

        assertThat(settings.host).isEqualTo("example.org");
        assertThat(settings.port).isEqualTo(80);
    }

    @Test
    void nothingIsNull() {
        assertThat(codec.roundTrip(null, void.class)).isEqualTo(new JsonCodec.Stored("null", null));
        assertThat(codec.roundTrip(null, Void.class)).isEqualTo(new JsonCodec.Stored("null", null));
        assertThat(codec.roundTrip(null, Page.class)).isEqualTo(new JsonCodec.Stored("null", null));
        assertThat(codec.roundTrip(null, String.class)).isEqualTo(new JsonCodec.Stored("null", null));
        assertThat(codec.decode("null", void.class)).isNull();
        assertThatThrownBy(() -> codec.roundTrip(null, int.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("primitive");
    }

    @Test
    void aMissingReferenceIsNullAndAMissingOptionalIsEmpty() {
        assertThat(codec.decode("{}", Names.class)).isEqualTo(new Names(null, Optional.empty(), null));
    }

    @Test
    void inObjectPlacesWholeNumbersAreLongAndOthersDouble() {
        assertThat(codec.roundTrip(7, Object.class).value()).isEqualTo(7L);
        assertThat(codec.roundTrip(7.0, Object.class).value()).isEqualTo(7.0);
        assertThat(codec.roundTrip(0.1f, Object.class).value()).isEqualTo(0.1);
        assertThat(codec.decode("1e2", Object.class)).isEqualTo(100.0);
        assertThat(codec.decode("{\"a\":[1,2.5,true,null]}", new TypeRef<Map<String, Object>>() {}.type()))
                .isEqualTo(Map.of("a", Arrays.asList(1L, 2.5, true, null)));
        assertThatThrownBy(() -> codec.decode("12345678901234567890", Object.class))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining("Long");
    }

    @Test
    void wholeNumbersOfOtherLanguagesAreUnderstood() {
        assertThat(codec.decode("1.0", int.class)).isEqualTo(1);
        assertThat(codec.decode("1e3", long.class)).isEqualTo(1000L);
        assertThat(codec.decode("1", double.class)).isEqualTo(1.0);
        assertThat(codec.decode(" [ 1 ,\n2 ] ", int[].class)).isEqualTo(new int[] {1, 2});
    }

    @Test
    void argumentsAreReadableJson() {
        Type[] types = {String.class, new TypeRef<List<Page>>() {}.type(), int.class};
        Object[] arguments = {"a", List.of(new Page(1, "x")), 5};

        var json = codec.encodeArguments(arguments, types);

        assertThat(json).isEqualTo("{\"positionalArgs\":[\"a\",[{\"number\":1,\"text\":\"x\"}],5]}");
        assertThat(codec.decodeArguments(json, types)).containsExactly(arguments);
        assertThat(codec.encodeArguments(new Object[0], new Type[0])).isEqualTo("{\"positionalArgs\":[]}");
        assertThat(codec.decodeArguments("{\"positionalArgs\":[],\"namedArgs\":{}}", new Type[0]))
                .isEmpty();
        assertThat(codec.decodeArguments("{\"namedArgs\":null,\"positionalArgs\":[]}", new Type[0]))
                .isEmpty();
    }

    @Test
    void collectionsOfEveryKindComeBackAsTheirKind() {
        assertThat(codec.roundTrip(new ArrayDeque<>(List.of(1, 2)), new TypeRef<Deque<Integer>>() {}.type())
                        .value())
                .isInstanceOf(Deque.class);
        assertThat(codec.roundTrip(List.of(1), new TypeRef<List<Integer>>() {}.type())
                        .value())
                .isInstanceOf(ArrayList.class);
        assertThat(codec.roundTrip(
                                new LinkedHashMap<>(Map.of("a", 1)),
                                new TypeRef<LinkedHashMap<String, Integer>>() {}.type())
                        .value())
                .isInstanceOf(LinkedHashMap.class);
    }
}
