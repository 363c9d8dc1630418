package dev.dbosj.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * Runs the virtual threads of all simulated processes on the calling thread, one continuation at a time, and draws from
 * a seed which is next. Time is virtual: it stands still while threads run, but for a tick at each switch, and jumps to
 * the next timer when nobody can run.
 */
final class SeededScheduler {
    private static final long NANOS_PER_SWITCH = 1_000;
    private static final int PER_MILLE = 1_000;

    private record Slice(SimulatedProcess process, Runnable continuation) {}

    /** Something that will happen, unless it is cancelled. */
    static final class Timer implements Comparable<Timer> {
        private final long at;
        private final long number;
        private Runnable action;

        private Timer(long at, long number, Runnable action) {
            this.at = at;
            this.number = number;
            this.action = action;
        }

        void cancel() {
            action = null;
        }

        @Override
        public int compareTo(Timer other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(number, other.number);
        }
    }

    private final SplittableRandom random;
    private final Trace trace;
    private final Thread carrier = Thread.currentThread();
    private volatile String intruder;
    private final List<Slice> ready = new ArrayList<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private long nanos;
    private long switches;
    private long timersMade;
    private int lagPerMille;
    private Duration longestLag = Duration.ZERO;

    SeededScheduler(SplittableRandom random, Trace trace) {
        this.random = random;
        this.trace = trace;
    }

    /** From now on so many of a thousand slices begin late, as on a machine that has other things to do. */
    void lag(int perMille, Duration atMost) {
        lagPerMille = perMille;
        longestLag = atMost;
    }

    long nanos() {
        return nanos;
    }

    long switches() {
        return switches;
    }

    /** A thread of the process can go on. Only threads of the world may say so: all others have a time of their own. */
    void submit(SimulatedProcess process, Runnable continuation) {
        var caller = Thread.currentThread();
        if (caller != carrier && !caller.isVirtual()) intruder = caller.getName() + " woke a thread of " + process;
        ready.add(new Slice(process, continuation));
    }

    /** The action happens on the scheduler's own thread, outside of any process. */
    Timer after(Duration delay, Runnable action) {
        var timer = new Timer(nanos + Math.max(0, delay.toNanos()), timersMade++, action);
        timers.add(timer);
        return timer;
    }

    /**
     * Runs until the condition holds.
     *
     * @throws SimulationFailure if it never will, or does not within so many switches
     */
    void runUntil(BooleanSupplier done, long maxSwitches) {
        long limit = switches + maxSwitches;
        while (!done.getAsBoolean()) {
            if (intruder != null) throw new SimulationFailure(intruder);
            if (switches >= limit) throw new SimulationFailure("no end after " + switches + " switches");
            if (!isRunning() && !isTimeLeft())
                throw new SimulationFailure("deadlock: no thread can run, and nothing will happen");
        }
    }

    /** Runs one slice, if any thread can run; what is due happens first. */
    private boolean isRunning() {
        while (isNextDue()) fire();
        if (ready.isEmpty()) return false;
        var slice = draw();
        if (lagPerMille > 0 && random.nextInt(PER_MILLE) < lagPerMille) {
            after(Duration.ofNanos(random.nextLong(longestLag.toNanos() + 1)), () -> ready.add(slice));
        } else if (slice.process().admits(slice.continuation())) {
            switches++;
            nanos += NANOS_PER_SWITCH;
            trace.mix(nanos);
            slice.continuation().run();
        }
        return true;
    }

    private Slice draw() {
        int index = random.nextInt(ready.size());
        var last = ready.removeLast();
        return index == ready.size() ? last : ready.set(index, last);
    }

    private boolean isNextDue() {
        while (!timers.isEmpty() && timers.peek().action == null) timers.poll();
        return !timers.isEmpty() && timers.peek().at <= nanos;
    }

    private void fire() {
        timers.poll().action.run();
    }

    private boolean isTimeLeft() {
        if (timers.isEmpty()) return false;
        nanos = timers.peek().at;
        return true;
    }
}
