package dev.dbosj.bench;

/**
 * One thing to measure: done by the engine, by something that tells its limit, and by a peer.
 *
 * @param limit usually a bare writer that makes the same rows
 * @param peer  DBOS Java; null where there is nothing to compare
 */
record Work(
        String name, String unit, boolean higherIsBetter, Side engine, Side limit, Side peer, Target onSqlite,
        Target onPostgres) {

    /** The work of that name; W9 among so many finished workflows. */
    static Work named(String name, int finished) {
        return switch (name) {
            case "W2" -> StepsOfManyWorkflows.WORK;
            case "W4" -> DrainedQueue.WORK;
            case "W5" -> IdleLatency.WORK;
            case "W7" -> ManyChildren.WORK;
            case "W9" -> AmongFinished.work(finished);
            default -> throw new IllegalArgumentException("no work " + name + "; known are W2, W4, W5, W7 and W9");
        };
    }
}
