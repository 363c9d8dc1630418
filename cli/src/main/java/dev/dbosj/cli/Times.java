package dev.dbosj.cli;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** Points and spans of time as people read them. */
final class Times {
    private static final DateTimeFormatter WITHOUT_ZONE = DateTimeFormatter.ISO_LOCAL_DATE_TIME;
    private static final DateTimeFormatter WITH_ZONE = DateTimeFormatter.ISO_OFFSET_DATE_TIME;

    private static final Pattern PART = Pattern.compile("(\\d+)(ms|[smhd])");

    private final Clock clock;

    Times(Clock clock) {
        this.clock = clock;
    }

    Instant now() {
        return clock.instant();
    }

    /**
     * A point in time as people write it: so long ago ({@code 2h}), a date, a time of today, or both, with or without a
     * zone.
     *
     * @throws IllegalArgumentException if it is none
     */
    Instant point(String text) {
        if (text.equals("now")) return clock.instant();
        try {
            if (text.matches("(?i)[0-9.]+(ms|[smhd]).*|P.+")) return clock.instant().minus(duration(text));
            if (text.matches("\\d{1,2}:\\d{2}(:\\d{2})?"))
                return LocalDate.now(clock).atTime(LocalTime.parse(text.length() % 3 == 1 ? "0" + text : text))
                        .atZone(clock.getZone()).toInstant();
            if (text.matches("\\d{4}-\\d{2}-\\d{2}"))
                return LocalDate.parse(text).atStartOfDay(clock.getZone()).toInstant();
            var when = DateTimeFormatter.ISO_DATE_TIME.parseBest(
                    text.replace(' ', 'T'), OffsetDateTime::from, LocalDateTime::from);
            return when instanceof OffsetDateTime exact
                    ? exact.toInstant()
                    : ((LocalDateTime) when).atZone(clock.getZone()).toInstant();
        } catch (DateTimeException | ArithmeticException wrong) {
            throw new IllegalArgumentException("'%s' is no time: write 2h (two hours ago), 2026-05-01, 10:30, or"
                    .formatted(text) + " 2026-05-01T10:30:00Z", wrong);
        }
    }

    /**
     * A span of time: {@code 500ms}, {@code 90s}, {@code 2h}, {@code 1d12h}, or as in ISO 8601.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Duration duration(String text) {
        try {
            if (text.matches("(?i)P.+")) return Duration.parse(text);
            var parts = PART.matcher(text);
            var sum = Duration.ZERO;
            int end = 0;
            while (parts.find() && parts.start() == end) {
                long number = Long.parseLong(parts.group(1));
                sum = sum.plus(switch (parts.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    case "h" -> Duration.ofHours(number);
                    default -> Duration.ofDays(number);
                });
                end = parts.end();
            }
            if (end > 0 && end == text.length()) return sum;
        } catch (DateTimeException | ArithmeticException | NumberFormatException wrong) {
            throw noDuration(text, wrong);
        }
        throw noDuration(text, null);
    }

    private static IllegalArgumentException noDuration(String text, RuntimeException cause) {
        return new IllegalArgumentException("'%s' is no span of time: write 500ms, 90s, 2h or 1d12h".formatted(text), cause);
    }

    /** As short as it can be written: {@code 1m}, {@code 90s}. */
    static String brief(Duration span) {
        if (span.toMillisPart() != 0) return span.toMillis() + "ms";
        if (span.toSecondsPart() != 0 || span.isZero()) return span.toSeconds() + "s";
        if (span.toMinutesPart() != 0) return span.toMinutes() + "m";
        return span.toHoursPart() != 0 ? span.toHours() + "h" : span.toDays() + "d";
    }

    /** Local time, to the second; null stays null. */
    String local(Instant time) {
        return format(time, WITHOUT_ZONE);
    }

    /** Local time with its distance from UTC; null stays null. */
    String zoned(Instant time) {
        return format(time, WITH_ZONE);
    }

    /** Local time with its distance from UTC, and how long ago that is; null stays null. */
    String localAndAge(Instant time) {
        return time == null ? null : "%s (%s ago)".formatted(format(time, WITH_ZONE), span(time, clock.instant()));
    }

    private String format(Instant time, DateTimeFormatter formatter) {
        return time == null ? null : formatter.format(time.truncatedTo(ChronoUnit.SECONDS).atZone(clock.getZone()));
    }

    /** From then until now. */
    String since(Instant start) {
        return span(start, clock.instant());
    }

    /** {@code 340ms}, {@code 4.2s}, {@code 42s}, {@code 3m12s}, {@code 5h07m}, {@code 12d3h}; null if either end is. */
    static String span(Instant start, Instant end) {
        return start == null || end == null ? null : span(Duration.between(start, end));
    }

    /** The same for a span of time. */
    static String span(Duration span) {
        if (span.isNegative()) return "0ms"; // two clocks
        if (span.toMillis() < 1_000) return span.toMillis() + "ms";
        if (span.toMillis() < 10_000) return "%d.%ds".formatted(span.toSeconds(), span.toMillisPart() / 100);
        if (span.toMinutes() < 1) return span.toSeconds() + "s";
        if (span.toHours() < 1) return "%dm%02ds".formatted(span.toMinutes(), span.toSecondsPart());
        if (span.toDays() < 1) return "%dh%02dm".formatted(span.toHours(), span.toMinutesPart());
        return "%dd%dh".formatted(span.toDays(), span.toHoursPart());
    }
}
