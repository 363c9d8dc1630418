package dev.dbosj.simulation;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.LongStream;

/** How much happened in some worlds. */
record Figures(
        long seeds, long executors, long workflows, long steps, long faults, long switches, Duration simulated) {
    static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0, Duration.ZERO);

    Figures plus(Figures more) {
        return new Figures(
                seeds + more.seeds,
                executors + more.executors,
                workflows + more.workflows,
                steps + more.steps,
                faults + more.faults,
                switches + more.switches,
                simulated.plus(more.simulated));
    }

    /** As numbers, for {@link #parse}. */
    String line() {
        return String.join(" ", LongStream.of(seeds, executors, workflows, steps, faults, switches, simulated.toNanos())
                .mapToObj(Long::toString).toList());
    }

    static Figures parse(String line) {
        long[] it = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Figures(it[0], it[1], it[2], it[3], it[4], it[5], Duration.ofNanos(it[6]));
    }

    /** Depth belongs to speed: all but the first and the last one are averages of a seed. */
    @Override
    public String toString() {
        return ("seeds %d, executors a seed %.2f, workflows a seed %.1f, steps a seed %.1f, faults a seed %.1f,"
                        + " switches a seed %.0f, simulated hours %.1f")
                .formatted(seeds, average(executors), average(workflows), average(steps), average(faults),
                        average(switches), simulated.toSeconds() / (double) Duration.ofHours(1).toSeconds());
    }

    private double average(long sum) {
        return seeds == 0 ? 0 : sum / (double) seeds;
    }
}
