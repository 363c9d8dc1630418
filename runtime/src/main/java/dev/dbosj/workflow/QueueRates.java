package dev.dbosj.workflow;

/**
 * How fast a queue goes, on all executors together: the mean of the last ten seconds, some seconds old at the most.
 *
 * @param startsPerSecond how many workflows executors have begun, also once more after a recovery
 * @param finishesPerSecond how many have returned, thrown, or become a dead letter
 */
public record QueueRates(double startsPerSecond, double finishesPerSecond) {
    /** Nothing was started lately. */
    public static final QueueRates NONE = new QueueRates(0, 0);

    /** Those of both together. */
    public QueueRates plus(QueueRates other) {
        return new QueueRates(startsPerSecond + other.startsPerSecond, finishesPerSecond + other.finishesPerSecond);
    }
}
