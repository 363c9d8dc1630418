package dev.dbosj.bench;

import java.nio.file.Path;

/** One thing to measure: by the engine, and by a bare writer that makes the same rows. */
interface Work {
    /** The work of that name. */
    static Work named(String name) {
        return switch (name) {
            case "W2" -> new StepsOfManyWorkflows();
            case "W4" -> new DrainedQueue();
            case "W5" -> new IdleLatency();
            case "W7" -> new ManyChildren();
            default -> throw new IllegalArgumentException("there is no work " + name + "; known are W2, W4, W5, W7");
        };
    }

    String name();

    String unit();

    boolean higherIsBetter();

    /** What is asked of it, in words. */
    String wanted();

    /** Whether that is so. */
    boolean isMet(double figure, double share);

    double engine(Path folder) throws Exception;

    double bare(Path folder) throws Exception;
}
