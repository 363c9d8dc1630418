package dev.dbosj.json;

import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** A value that is one JSON string, number or boolean. Its text also serves as the key of a map. */
final class ScalarAdapter<T> extends TypeAdapter<T> {
    private static final int MAX_SCALE = 10_000; // keeps a number of ten characters from filling the memory later
    private static final Map<Class<?>, ScalarAdapter<?>> KNOWN = known();

    private final Class<T> type;
    private final JsonToken token;
    private final boolean nullable;
    private final Function<T, String> write;
    private final Function<String, T> parse;

    private ScalarAdapter(
            Class<T> type, JsonToken token, boolean nullable, Function<T, String> write, Function<String, T> parse) {
        this.type = type;
        this.token = token;
        this.nullable = nullable;
        this.write = write;
        this.parse = parse;
    }

    /** The adapter for a class of the JDK that has a text form, or null. */
    static ScalarAdapter<?> of(Class<?> type) {
        return KNOWN.get(type);
    }

    static <E extends Enum<E>> ScalarAdapter<E> ofEnum(Class<E> type) {
        return text(type, Enum::name, name -> Enum.valueOf(type, name));
    }

    /** The text of a value that is not null. */
    String toText(Object value) {
        if (!type.isInstance(value))
            throw new JsonParseException(
                    "%s stands where %s is declared".formatted(value.getClass().getName(), type.getSimpleName()));
        return write.apply(type.cast(value));
    }

    T fromText(String text) {
        try {
            return parse.apply(text);
        } catch (RuntimeException e) { // each of the types above has its own exception for a text it cannot parse
            throw new JsonParseException("'%s' is not a %s".formatted(abbreviated(text), type.getSimpleName()), e);
        }
    }

    @Override
    public void write(JsonWriter out, T value) throws IOException {
        if (value == null) {
            if (!nullable) throw new JsonParseException("null stands where a primitive type is declared");
            out.nullValue();
        } else if (token == JsonToken.STRING) {
            out.value(toText(value));
        } else {
            out.jsonValue(toText(value));
        }
    }

    @Override
    public T read(JsonReader in) throws IOException {
        if (in.peek() == JsonToken.NULL && nullable) {
            in.nextNull();
            return null;
        }
        if (in.peek() != token)
            throw new JsonParseException(
                    "expected a %s (%s) but found %s".formatted(token, type.getSimpleName(), in.peek()));
        return token == JsonToken.BOOLEAN ? fromText(String.valueOf(in.nextBoolean())) : fromText(in.nextString());
    }

    private static String abbreviated(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }

    private static <T> ScalarAdapter<T> text(Class<T> type, Function<T, String> write, Function<String, T> parse) {
        return new ScalarAdapter<>(type, JsonToken.STRING, true, write, parse);
    }

    private static Map<Class<?>, ScalarAdapter<?>> known() {
        var known = new HashMap<Class<?>, ScalarAdapter<?>>();
        number(known, byte.class, Byte.class, n -> n.toString(), text ->
                (byte) whole(text, Byte.MIN_VALUE, Byte.MAX_VALUE));
        number(known, short.class, Short.class, n -> n.toString(), text ->
                (short) whole(text, Short.MIN_VALUE, Short.MAX_VALUE));
        number(known, int.class, Integer.class, n -> n.toString(), text ->
                (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
        number(known, long.class, Long.class, n -> n.toString(), text -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE));
        number(known, float.class, Float.class, n -> finite(n).toString(), text -> finite(Float.parseFloat(text)));
        number(known, double.class, Double.class, n -> finite(n).toString(), text -> finite(Double.parseDouble(text)));
        number(known, null, BigInteger.class, BigInteger::toString, BigInteger::new);
        number(known, null, BigDecimal.class, n -> scaled(n).toString(), text -> scaled(new BigDecimal(text)));
        pair(known, boolean.class, Boolean.class, JsonToken.BOOLEAN, b -> b.toString(), ScalarAdapter::bool);
        pair(known, char.class, Character.class, JsonToken.STRING, c -> c.toString(), ScalarAdapter::character);
        add(known, text(String.class, Function.identity(), Function.identity()));
        add(known, text(byte[].class, Base64.getEncoder()::encodeToString, Base64.getDecoder()::decode));
        add(known, text(UUID.class, UUID::toString, ScalarAdapter::uuid));
        add(known, text(URI.class, URI::toString, URI::create));
        add(known, text(Instant.class, Instant::toString, Instant::parse));
        add(known, text(Duration.class, Duration::toString, Duration::parse));
        add(known, text(Period.class, Period::toString, Period::parse));
        add(known, text(LocalDate.class, LocalDate::toString, LocalDate::parse));
        add(known, text(LocalTime.class, LocalTime::toString, LocalTime::parse));
        add(known, text(LocalDateTime.class, LocalDateTime::toString, LocalDateTime::parse));
        add(known, text(OffsetTime.class, OffsetTime::toString, OffsetTime::parse));
        add(known, text(OffsetDateTime.class, OffsetDateTime::toString, OffsetDateTime::parse));
        add(known, text(ZonedDateTime.class, ZonedDateTime::toString, ZonedDateTime::parse));
        add(known, text(Year.class, Year::toString, Year::parse));
        add(known, text(YearMonth.class, YearMonth::toString, YearMonth::parse));
        add(known, text(MonthDay.class, MonthDay::toString, MonthDay::parse));
        add(known, text(ZoneId.class, ZoneId::getId, ZoneId::of));
        add(known, text(ZoneOffset.class, ZoneOffset::getId, ZoneOffset::of));
        return Map.copyOf(known);
    }

    private static <T> void number(
            Map<Class<?>, ScalarAdapter<?>> known,
            Class<?> primitive,
            Class<T> type,
            Function<T, String> write,
            Function<String, T> parse) {
        pair(known, primitive, type, JsonToken.NUMBER, write, parse);
    }

    private static <T> void pair(
            Map<Class<?>, ScalarAdapter<?>> known,
            Class<?> primitive,
            Class<T> type,
            JsonToken token,
            Function<T, String> write,
            Function<String, T> parse) {
        add(known, new ScalarAdapter<>(type, token, true, write, parse));
        if (primitive != null) known.put(primitive, new ScalarAdapter<>(type, token, false, write, parse));
    }

    private static void add(Map<Class<?>, ScalarAdapter<?>> known, ScalarAdapter<?> adapter) {
        known.put(adapter.type, adapter);
    }

    /** Other languages and databases write 1 as 1.0 or 1e0: the same number. */
    private static long whole(String text, long min, long max) {
        long number = isPlain(text)
                ? Long.parseLong(text)
                : scaled(new BigDecimal(text)).longValueExact();
        if (number < min || number > max) throw new ArithmeticException(number + " is outside " + min + ".." + max);
        return number;
    }

    private static boolean isPlain(String text) {
        return text.chars().allMatch(c -> c == '-' || c >= '0' && c <= '9');
    }

    private static BigDecimal scaled(BigDecimal number) {
        if (Math.abs((long) number.scale()) > MAX_SCALE)
            throw new JsonParseException(
                    "the scale %d of the number is outside -%d..%d".formatted(number.scale(), MAX_SCALE, MAX_SCALE));
        return number;
    }

    private static Double finite(Double number) {
        if (!Double.isFinite(number)) throw new JsonParseException(number + " is not a number in JSON");
        return number;
    }

    private static Float finite(Float number) {
        if (!Float.isFinite(number)) throw new JsonParseException(number + " is not a number in JSON");
        return number;
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static char character(String text) {
        if (text.length() != 1) throw new IllegalArgumentException(text);
        return text.charAt(0);
    }

    /** UUID.fromString takes 1-1-1-1-1 for a UUID. */
    private static UUID uuid(String text) {
        if (text.length() != 36) throw new IllegalArgumentException(text);
        return UUID.fromString(text);
    }
}
