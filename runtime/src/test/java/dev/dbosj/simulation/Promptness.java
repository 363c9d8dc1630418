package dev.dbosj.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Where nothing goes wrong nobody waits for a poll: what happens is heard of at once. */
final class Promptness {
    /** Some messages back and forth. */
    private static final Duration AT_ONCE = Duration.ofMillis(50);
    /** The same and a hint to another process, which may have looked just before. */
    private static final Duration SOON = Duration.ofMillis(250);

    private final boolean promised;
    private final Duration elsewhere;
    private final Supplier<Instant> now;
    private final Consumer<String> breach;

    /**
     * @param hints whether processes hear of each other
     * @param now the time by a clock that nobody sets
     */
    Promptness(Weather weather, boolean hints, Duration pollInterval, Supplier<Instant> now, Consumer<String> breach) {
        this.promised = weather == Weather.CALM;
        this.elsewhere = hints ? SOON : SOON.plus(pollInterval.multipliedBy(2));
        this.now = now;
        this.breach = breach;
    }

    Instant now() {
        return now.get();
    }

    /** What could be seen since then in this process is seen now. */
    void requireAtOnce(Instant since, String what) {
        require(since, AT_ONCE, what);
    }

    /** What could be seen since then in another process is seen now. */
    void requireSoon(Instant since, String what) {
        require(since, elsewhere, what);
    }

    private void require(Instant since, Duration longest, String what) {
        var took = Duration.between(since, now());
        if (promised && took.compareTo(longest) > 0) breach.accept("late: %s, %s after it could".formatted(what, took));
    }

    static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
