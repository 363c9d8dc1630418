package dev.dbosj.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * An executor that has been launched and neither been shut down nor been replaced.
 *
 * @param executorId new at every launch
 * @param application the name of the application it runs
 * @param workflowNames the names of workflows that it knows, in alphabetical order
 * @param lease how long it lives after a heartbeat
 * @param lastHeartbeat when it was last heard of, by the database's clock
 * @param alive whether its lease goes on; what a dead one owns is taken over by any other that lives
 * @param owned how many workflows it owns
 */
public record ExecutorStatus(
        String executorId,
        String application,
        Set<String> workflowNames,
        Duration lease,
        Instant lastHeartbeat,
        boolean alive,
        long owned) {
    public ExecutorStatus {
        workflowNames = Collections.unmodifiableSet(new TreeSet<>(workflowNames));
    }
}
