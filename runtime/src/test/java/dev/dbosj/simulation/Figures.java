package dev.dbosj.simulation;

import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * How much happened in some worlds.
 *
 * @param computed processor time
 */
record Figures(
        long seeds,
        long executors,
        long workflows,
        long steps,
        long faults,
        long switches,
        Duration simulated,
        Duration computed) {
    static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO);

    Figures plus(Figures more) {
        return new Figures(
                seeds + more.seeds,
                executors + more.executors,
                workflows + more.workflows,
                steps + more.steps,
                faults + more.faults,
                switches + more.switches,
                simulated.plus(more.simulated),
                computed.plus(more.computed));
    }

    /** The same, and what it has cost. */
    Figures after(Duration processorTime) {
        return new Figures(seeds, executors, workflows, steps, faults, switches, simulated, processorTime);
    }

    /** As numbers, for {@link #parse}. */
    String line() {
        return LongStream.of(
                        seeds, executors, workflows, steps, faults, switches, simulated.toNanos(), computed.toNanos())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" "));
    }

    static Figures parse(String line) {
        long[] it = Arrays.stream(line.split(" ")).mapToLong(Long::parseLong).toArray();
        return new Figures(it[0], it[1], it[2], it[3], it[4], it[5], Duration.ofNanos(it[6]),
                Duration.ofNanos(it[7]));
    }

    /** Depth belongs to speed: all but the first and the last one are averages of a seed. */
    @Override
    public String toString() {
        return ("seeds %d, executors a seed %.2f, workflows a seed %.1f, steps a seed %.1f, faults a seed %.1f,"
                        + " switches a seed %.0f, processor milliseconds a seed %.1f, simulated hours %.1f")
                .formatted(seeds, average(executors), average(workflows), average(steps), average(faults),
                        average(switches), average(computed.toNanos()) / 1e6, simulated.toMinutes() / 60.0);
    }

    private double average(long sum) {
        return seeds == 0 ? 0 : sum / (double) seeds;
    }
}
