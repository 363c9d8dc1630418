package dev.dbosj.payload;

import dev.dbosj.workflow.TypeRef;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Types with good values, and texts that are not. */
final class Payloads {
    static final String GADGET = "dev.dbosj.payload.Gadget";

    enum Colour { RED, GREEN }

    record Line(String item, int count, BigDecimal price) {}

    record Invoice(String customer, List<Line> lines, LocalDate due, Optional<String> note, Colour colour) {}

    sealed interface Payment permits Cash, Card {}

    record Cash(long cents) implements Payment {}

    record Card(String number, Instant at) implements Payment {}

    record Tree(String name, List<Tree> branches) {}

    private Payloads() {}

    /** Of each type one value. */
    static Map<Type, Object> values() {
        Map<Type, Object> values = new LinkedHashMap<>();
        values.put(int.class, 7);
        values.put(Long.class, 1L << 40);
        values.put(double.class, 2.5);
        values.put(boolean.class, true);
        values.put(char.class, 'x');
        values.put(String.class, "a \"quoted\" \\ ü \uD83D\uDE00 \u0000 text");
        values.put(BigDecimal.class, new BigDecimal("12.50"));
        values.put(BigInteger.class, BigInteger.TWO.pow(70));
        values.put(Instant.class, Instant.parse("2024-02-29T12:00:00Z"));
        values.put(LocalDate.class, LocalDate.of(2024, 2, 29));
        values.put(Duration.class, Duration.ofMillis(1_500));
        values.put(UUID.class, new UUID(1, 2));
        values.put(Colour.class, Colour.GREEN);
        values.put(int[].class, new int[] {1, 2});
        values.put(byte[].class, new byte[] {1, 2, 3});
        values.put(Line.class, line());
        values.put(Invoice.class, new Invoice("Ada", List.of(line()), LocalDate.of(2024, 1, 1), Optional.of("n"), Colour.RED));
        values.put(Payment.class, new Card("4711", Instant.EPOCH));
        values.put(Tree.class, new Tree("a", List.of(new Tree("b", List.of()))));
        values.put(new TypeRef<List<Integer>>() {}.type(), List.of(1, 2, 3));
        values.put(new TypeRef<Map<String, List<Line>>>() {}.type(), Map.of("k", List.of(line())));
        values.put(new TypeRef<Set<Colour>>() {}.type(), Set.of(Colour.RED));
        values.put(new TypeRef<Map<UUID, Long>>() {}.type(), Map.of(new UUID(1, 2), 3L));
        values.put(new TypeRef<Optional<String>>() {}.type(), Optional.of("there"));
        values.put(Object.class, Map.of("a", List.of(1L, 2.5, true, "x")));
        return values;
    }

    private static Line line() {
        return new Line("book", 3, new BigDecimal("12.50"));
    }

    /** Texts that no reader should trust. */
    static List<String> hostile() {
        var all = new ArrayList<>(List.of(
                "", " ", "null", "nul", "NULL", "undefined", "NaN", "-NaN", "Infinity", "-Infinity", "\"NaN\"", "\"Infinity\"",
                "-", "--1", "+1", "01", "1.", ".5", "0x10", "1e", "1e5", "1E400", "-1E400", "1e-400", "1e999999999", "-1e-999999999",
                "\"1e999999999\"", "9223372036854775808", "99999999999999999999999999999999", "2147483648", "-0", "-0.0", "1_000",
                "'single'", "unquoted", "{unquoted:1}", "{'single':1}", "[1,]", "{\"a\":1,}", "[,1]", "[1 2]", "{\"a\" 1}", "{\"a\":}",
                "// comment\n1", "/* comment */1", "# comment\n1", ")]}'\n1", "\uFEFF1", "1;2", "1 1", "{}{}", "[][]", "\"open", "\"\n\"",
                "\"\t\"", "\"\\x41\"", "\"\\u12\"", "\"\\u\"", "\"\\uD800\"", "\"\\uDC00\\uD800\"", "\"\uD800\"", "\"\\u0000\"",
                "\"\u0000\"", "\u0000", "{\"\\u0000\":1}", "true false", "True", "\"2024-02-30\"", "\"2024-02-29T25:00:00Z\"",
                "\"+999999999-12-31\"", "\"+1000000000-12-31T23:59:59.999999999Z\"", "\"PT-1S\"", "\"PT9223372036854775807S\"",
                "\"PT99999999999999999999S\"", "\"1-1-1-1-1\"", "\"GREEN \"", "\"BLUE\"", "[null]", "{\"a\":null}", "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":2}", "{\"item\":\"a\",\"item\":\"b\",\"count\":1,\"price\":1}", "{\"item\":1,\"count\":\"x\",\"price\":[]}",
                "{\"item\":null,\"count\":null,\"price\":null}", "{\"unknown\":1}", "{\"type\":\"Cash\"}", "{\"type\":\"Cash\",\"cents\":1.5}",
                "[[[[[]]]]]", "{\"a\":{\"a\":{\"a\":{}}}}", "[\"1\",2,3.0,null,true]", "\"AQID\"", "\"*not base64*\"", "\"=\""));
        for (var key : List.of("@class", "@type", "class", "type", "$type", "_type", "__type", "kind", "name", "java.lang.Class"))
            for (var name : List.of(GADGET, "javax.script.ScriptEngineManager", "java.lang.ProcessBuilder"))
                all.add("{\"%s\":\"%s\",\"value\":1}".formatted(key, name));
        all.add("[\"" + GADGET + "\",{}]");
        all.add("\"" + GADGET + "\"");
        for (var bracket : List.of("[", "{\"a\":", "{\"name\":\"x\",\"branches\":["))
            for (int depth : new int[] {64, 255, 1_000, 100_000}) all.add(bracket.repeat(depth));
        all.add("[".repeat(300) + "]".repeat(300));
        all.add("[".repeat(100_000) + "]".repeat(100_000));
        all.add("{\"name\":\"x\",\"branches\":[".repeat(5_000) + "]}".repeat(5_000));
        all.add("9".repeat(100_000));
        all.add("0." + "9".repeat(100_000));
        all.add("\"" + "x".repeat(10 << 20) + "\"");
        all.add("[" + "0,".repeat(100_000) + "0]");
        return all;
    }
}
