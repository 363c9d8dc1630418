package dev.dbosj.postgres.faults;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What the trials of a test class have been through, all of which ended well, for a line of figures. */
final class Toll {
    private static final long SECONDS = Long.getLong("dbosj.seconds", 0);
    private static final double NANOS = 1e9;

    private final Map<String, Integer> faults = new LinkedHashMap<>();
    private int trials;
    private int answers;
    private Duration outage = Duration.ZERO;

    /** Until when the trial of that share of all the time may go on; often that is over at once. */
    static long end(double share) {
        return System.nanoTime() + (long) (SECONDS * share * NANOS);
    }

    synchronized void count(String fault, int times) {
        faults.merge(fault, times, Integer::sum);
    }

    /** A trial that has passed its audit. */
    synchronized void passed(Trial trial) {
        trials++;
        answers += trial.answers();
        if (outage.compareTo(trial.outage()) < 0) outage = trial.outage();
    }

    @Override
    public synchronized String toString() {
        var all = faults.entrySet().stream().map(fault -> fault.getKey() + " " + fault.getValue())
                .collect(Collectors.joining(", "));
        int sum = faults.values().stream().mapToInt(Integer::intValue).sum();
        return "trials %d, faults %d (%s), answers %d, lost 0, doubled 0, longest wait for progress afterwards %d ms"
                .formatted(trials, sum, all, answers, outage.toMillis());
    }
}
