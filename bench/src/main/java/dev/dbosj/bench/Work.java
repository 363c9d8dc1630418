package dev.dbosj.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * One thing to measure: by the engine, and by a bare writer that makes the same rows.
 *
 * @param wanted what is asked of it, in words
 * @param target whether that is so
 */
record Work(
        String name, String unit, boolean higherIsBetter, String wanted, Target target, Measured engine, Measured bare) {

    private static final List<Work> ALL =
            List.of(StepsOfManyWorkflows.WORK, DrainedQueue.WORK, IdleLatency.WORK, ManyChildren.WORK);

    /** Whether a figure is good enough. */
    @FunctionalInterface
    interface Target {
        boolean isMet(double figure, double share);
    }

    /** One run in a fresh folder. */
    @FunctionalInterface
    interface Measured {
        double in(Path folder) throws Exception;
    }

    /** The work of that name. */
    static Work named(String name) {
        return ALL.stream().filter(work -> work.name.equals(name)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("there is no work %s; known are %s".formatted(name, ALL.stream().map(Work::name).toList())));
    }
}
