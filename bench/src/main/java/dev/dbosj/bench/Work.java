package dev.dbosj.bench;

import java.util.List;

/**
 * One thing to measure: done by the engine, by something that tells its limit, and by a peer.
 *
 * @param limit a bare writer that makes the same rows
 * @param peer  DBOS Java
 */
record Work(
        String name, String unit, boolean higherIsBetter, Side engine, Side limit, Side peer, Target onSqlite,
        Target onPostgres) {

    private static final List<Work> ALL =
            List.of(StepsOfManyWorkflows.WORK, DrainedQueue.WORK, IdleLatency.WORK, ManyChildren.WORK);

    /** The work of that name. */
    static Work named(String name) {
        return ALL.stream().filter(work -> work.name.equals(name)).findFirst().orElseThrow(
                () -> new IllegalArgumentException("there is no work %s; known are %s".formatted(name, ALL.stream().map(Work::name).toList())));
    }
}
