package dev.dbosj.simulation;

import dev.dbosj.time.Time;
import java.time.Duration;
import java.time.Instant;

/** The database's clock: right at first, until somebody sets it. */
final class WorldClock implements Time {
    static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    private final SeededScheduler scheduler;
    private final Duration lease;
    private long misleadingUntil;
    private Duration ahead = Duration.ZERO;
    private Duration furthestAhead = Duration.ZERO;

    WorldClock(SeededScheduler scheduler, Duration lease) {
        this.scheduler = scheduler;
        this.lease = lease;
    }

    /** Sets it forward, or back. */
    void jump(Duration howFar) {
        ahead = ahead.plus(howFar);
        if (ahead.compareTo(furthestAhead) > 0) furthestAhead = ahead;
        if (!howFar.isNegative()) misleadingUntil = scheduler.nanos() + lease.toNanos();
    }

    /**
     * Whether it was set forward less than a lease ago. An executor that cannot reach the database meanwhile looks dead
     * to others before it can know: it writes nothing any more, but may begin a step that its heir begins as well.
     */
    boolean isMisleading() {
        return scheduler.nanos() < misleadingUntil;
    }

    @Override
    public Instant now() {
        return steadyNow().plus(ahead);
    }

    /** The same, had it never been set. */
    Instant steadyNow() {
        return EPOCH.plusNanos(scheduler.nanos());
    }

    /** The same, had it never been set back. */
    Instant latest() {
        return steadyNow().plus(furthestAhead);
    }

    @Override
    public long nanos() {
        return scheduler.nanos();
    }

    @Override
    public void park(Duration atMost) {
        throw new UnsupportedOperationException("a store must not wait");
    }
}
