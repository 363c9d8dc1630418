package dev.dbosj.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * A member of the fleet.
 *
 * @param executorId new at every launch
 * @param application the name of the application it runs
 * @param names the workflow names that it knows
 * @param lease how long it lives after a heartbeat
 * @param heartbeat its last heartbeat, by the database's clock
 * @param gone whether its process is certainly dead, whatever its lease says
 */
public record ExecutorInfo(
        String executorId, String application, Set<String> names, Duration lease, Instant heartbeat, boolean gone) {}
