package dev.dbosj.store;

import java.util.Map;
import java.util.Set;

/**
 * What an executor can take.
 *
 * @param executorId who claims
 * @param slots for each queue how many at the most, from 1 to 1,000
 * @param names the workflow names that the executor knows
 * @param inAll at most so many of all queues together; earlier queues go first
 * @param after for queues with partitions the key whose successor's turn it is; where it is missing, the first one's
 */
public record ClaimRequest(
        String executorId, Map<String, Integer> slots, Set<String> names, int inAll, Map<String, String> after) {
    /** Bounded by the slots of the queues alone. */
    public ClaimRequest(String executorId, Map<String, Integer> slots, Set<String> names) {
        this(executorId, slots, names, Integer.MAX_VALUE, Map.of());
    }
}
