package dev.dbosj.examples.ingestion;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Shows how a run gets on: one line that is written over on a terminal, a line every few seconds elsewhere. */
final class ProgressLine {
    private static final String ERASE_LINE = "\r\033[K";
    private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(2);

    private final PrintStream out;
    private final boolean terminal;
    private final long beginNanos;
    private long lastPlainNanos;

    ProgressLine(PrintStream out, boolean terminal, long beginNanos) {
        this.out = out;
        this.terminal = terminal;
        this.beginNanos = beginNanos;
        this.lastPlainNanos = beginNanos;
    }

    /** Shows it; on a terminal each time, elsewhere if the last time is long enough ago. */
    synchronized void show(Progress.Snapshot progress, long nowNanos) {
        var text = text(progress, (nowNanos - beginNanos) / 1e9);
        if (terminal) {
            out.print(ERASE_LINE + text);
            out.flush();
        } else if (nowNanos - lastPlainNanos >= PLAIN_INTERVAL.toNanos()) {
            lastPlainNanos = nowNanos;
            out.println(text);
        }
    }

    /** Makes room for other output. */
    synchronized void erase() {
        if (terminal) {
            out.print(ERASE_LINE);
            out.flush();
        }
    }

    static String text(Progress.Snapshot progress, double seconds) {
        if (!progress.isTotalKnown()) return "looking for documents";
        double rate = (progress.done() - progress.doneAtStart()) / Math.max(seconds, 0.001);
        int open = progress.total() - progress.done();
        return String.format(Locale.ROOT, "%d/%d documents, %.0f/s, %d failed, %s left",
                progress.done(), progress.total(), rate, progress.failed(), timeLeft(open, rate));
    }

    private static String timeLeft(int open, double rate) {
        if (open > 0 && rate <= 0) return "?";
        var left = Duration.ofSeconds(Math.round(open / Math.max(rate, 0.001)));
        if (left.toHours() > 0) return "%d:%02d h".formatted(left.toHours(), left.toMinutesPart());
        if (left.toMinutes() > 0) return "%d:%02d min".formatted(left.toMinutes(), left.toSecondsPart());
        return left.toSeconds() + " s";
    }
}
