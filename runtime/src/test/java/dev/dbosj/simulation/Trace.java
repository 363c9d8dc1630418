package dev.dbosj.simulation;

import java.util.ArrayDeque;
import java.util.List;

/** What happened, in order: the last lines as text, everything as a digest that is equal for equal seeds. */
final class Trace {
    private static final int KEPT = 200;

    private record Line(long nanos, String who, String what) {
        @Override
        public String toString() {
            return "%14.6f  %-7s %s".formatted(nanos / 1e9, who, what);
        }
    }

    private final int kept;
    private final ArrayDeque<Line> lines = new ArrayDeque<>();
    private long digest = 1;

    Trace() {
        this(KEPT);
    }

    /** @param kept how many lines are kept as text */
    Trace(int kept) {
        this.kept = kept;
    }

    void add(long nanos, String who, String what) {
        mix(nanos);
        mix(who.hashCode());
        mix(what.hashCode());
        remark(nanos, who, what);
    }

    /** A line that the digest does not know: its text may differ from one machine to the next. */
    void remark(long nanos, String who, String what) {
        if (lines.size() == kept) lines.removeFirst();
        lines.addLast(new Line(nanos, who, what));
    }

    /** Counts without a line of its own. */
    void mix(long number) {
        digest = mix(digest, number);
    }

    /** Mixes a number into a digest. */
    static long mix(long digest, long number) {
        long mixed = (digest ^ number) * 0x9E3779B97F4A7C15L;
        return mixed ^ mixed >>> 29;
    }

    long digest() {
        return digest;
    }

    List<String> lines() {
        return lines.stream().map(Line::toString).toList();
    }
}
