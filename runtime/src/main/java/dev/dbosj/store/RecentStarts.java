package dev.dbosj.store;

import dev.dbosj.workflow.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The starts that count against a rate limit, gathered in short spans of time, so that there are never many of them. A
 * start counts until its span has ended and the period has passed since: no window of that length holds too many, and
 * what was started is forgotten late by a 128th of the period at most.
 */
public record RecentStarts(List<Span> spans) {
    /** Nothing was started. */
    public static final RecentStarts NONE = new RecentStarts(List.of());

    private static final int SPANS_PER_PERIOD = 128;

    /**
     * @param end its end, exclusive, in epoch milliseconds
     * @param starts how many there were in it
     */
    public record Span(long end, int starts) {}

    /** As {@link #toString} writes them; null for none. */
    public static RecentStarts parse(String text) {
        if (text == null || text.isEmpty()) return NONE;
        var spans = new ArrayList<Span>();
        for (var span : text.split(" ")) {
            int colon = span.indexOf(':');
            spans.add(new Span(Long.parseLong(span.substring(0, colon)), Integer.parseInt(span.substring(colon + 1))));
        }
        return new RecentStarts(spans);
    }

    /** How many more may be started now. */
    public int room(RateLimit limit, Instant now) {
        long counted = 0;
        for (var span : spans) if (counts(span, limit, now)) counted += span.starts();
        return (int) Math.max(0, limit.starts() - counted);
    }

    /** How long until another one may be started, if none may now. */
    public Duration untilRoom(RateLimit limit, Instant now) {
        if (room(limit, now) > 0) return Duration.ZERO;
        for (var span : spans)
            if (counts(span, limit, now))
                return Duration.ofMillis(span.end() + limit.period().toMillis() - now.toEpochMilli());
        return Duration.ZERO;
    }

    private static boolean counts(Span span, RateLimit limit, Instant now) {
        return span.end() + limit.period().toMillis() > now.toEpochMilli();
    }

    /** With so many that are started now, and without those that do not count any more. */
    public RecentStarts plus(int starts, RateLimit limit, Instant now) {
        var counted = new ArrayList<Span>();
        for (var span : spans) if (counts(span, limit, now)) counted.add(span);
        if (starts == 0) return new RecentStarts(counted);
        long width = Math.max(1, limit.period().toMillis() / SPANS_PER_PERIOD);
        long end = Math.floorDiv(now.toEpochMilli(), width) * width + width;
        // A clock that was set back does not make two spans of one, nor a later one end before an earlier.
        var last = counted.isEmpty() ? null : counted.getLast();
        if (last != null && last.end() >= end)
            counted.set(counted.size() - 1, new Span(last.end(), last.starts() + starts));
        else counted.add(new Span(end, starts));
        return new RecentStarts(counted);
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (var span : spans) text.append(text.isEmpty() ? "" : " ").append(span.end()).append(':').append(span.starts());
        return text.toString();
    }
}
