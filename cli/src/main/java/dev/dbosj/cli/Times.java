package dev.dbosj.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Points and spans of time as people read them. */
final class Times {
    private static final DateTimeFormatter WITHOUT_ZONE = DateTimeFormatter.ISO_LOCAL_DATE_TIME;
    private static final DateTimeFormatter WITH_ZONE = DateTimeFormatter.ISO_OFFSET_DATE_TIME;

    private final Clock clock;

    Times(Clock clock) {
        this.clock = clock;
    }

    /** Local time, to the second; null stays null. */
    String local(Instant time) {
        return format(time, WITHOUT_ZONE);
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
        if (start == null || end == null) return null;
        var span = Duration.between(start, end);
        if (span.isNegative()) return "0ms"; // two clocks
        if (span.toMillis() < 1_000) return span.toMillis() + "ms";
        if (span.toMillis() < 10_000) return "%d.%ds".formatted(span.toSeconds(), span.toMillisPart() / 100);
        if (span.toMinutes() < 1) return span.toSeconds() + "s";
        if (span.toHours() < 1) return "%dm%02ds".formatted(span.toMinutes(), span.toSecondsPart());
        if (span.toDays() < 1) return "%dh%02dm".formatted(span.toHours(), span.toMinutesPart());
        return "%dd%dh".formatted(span.toDays(), span.toHoursPart());
    }
}
