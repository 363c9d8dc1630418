package dev.dbosj.simulation;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.store.Hint;
import dev.dbosj.store.HintLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** How simulated processes hear of each other: hints get lost, come late, come twice; some worlds have none. */
final class Grapevine {
    private static final int PERCENT = 100;

    private final SplittableRandom random;
    private final SeededScheduler scheduler;
    private final Faults faults;
    private final Tally tally;
    private final boolean exists;
    private final List<Line> lines = new ArrayList<>();
    private int lost;
    private int doubled;
    private int broken;

    /** @param exists whether processes hear of each other at all */
    Grapevine(
            SplittableRandom random,
            SeededScheduler scheduler,
            Faults faults,
            Weather weather,
            boolean exists,
            Tally tally) {
        this.random = random;
        this.scheduler = scheduler;
        this.faults = faults;
        this.tally = tally;
        this.exists = exists;
        if (weather != Weather.STORM) return;
        lost = random.nextInt(PERCENT);
        doubled = random.nextInt(PERCENT / 2);
        broken = random.nextInt(PERCENT / 2);
    }

    void heal() {
        lost = doubled = broken = 0;
    }

    /** The line of a process; null in a world without. */
    HintLine lineOf(SimulatedProcess process) {
        if (!exists) return null;
        var line = new Line(process);
        lines.add(line);
        return line;
    }

    void announce(SimulatedProcess teller, Set<Hint> hints) {
        if (isBroken()) throw new SystemDatabaseException(SystemDatabaseException.Kind.UNAVAILABLE, "announce failed");
        var told = EnumSet.copyOf(hints);
        for (var line : lines)
            if (line.listener != teller && !line.listener.isDead()) tell(line, told);
    }

    private void tell(Line line, Set<Hint> hints) {
        if (random.nextInt(PERCENT) < lost) {
            tally.count("hint lost");
            return;
        }
        for (int times = random.nextInt(PERCENT) < doubled ? 2 : 1; times > 0; times--)
            scheduler.after(faults.delay(), () -> line.hear(hints));
    }

    private boolean isBroken() {
        return random.nextInt(PERCENT) < broken;
    }

    private final class Line implements HintLine {
        private final SimulatedProcess listener;
        private final Set<Hint> heard = EnumSet.noneOf(Hint.class);
        private Thread waiting;
        private boolean closed;

        private Line(SimulatedProcess listener) {
            this.listener = listener;
        }

        private void hear(Set<Hint> hints) {
            heard.addAll(hints);
            if (waiting != null) LockSupport.unpark(waiting);
        }

        @Override
        public Set<Hint> await(Duration atMost) {
            if (isBroken()) throw new SystemDatabaseException(SystemDatabaseException.Kind.UNAVAILABLE, "deaf");
            waiting = Thread.currentThread();
            long end = scheduler.nanos() + atMost.toNanos();
            while (heard.isEmpty() && !closed && scheduler.nanos() < end)
                listener.park(Duration.ofNanos(end - scheduler.nanos()));
            waiting = null;
            var hints = EnumSet.copyOf(heard);
            hints.forEach(hint -> tally.count("heard " + hint));
            heard.clear();
            return hints;
        }

        @Override
        public void close() {
            closed = true;
            if (waiting != null) LockSupport.unpark(waiting);
        }
    }
}
