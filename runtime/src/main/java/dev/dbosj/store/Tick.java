package dev.dbosj.store;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What an executor learns each second.
 *
 * @param alive whether it is still a member; false is final
 * @param now the database's time
 * @param cancelled the runs it owns that were cancelled
 * @param others all other executors
 * @param queuesVersion a number that changes when a queue definition does
 */
public record Tick(boolean alive, Instant now, Set<Owner> cancelled, List<ExecutorInfo> others, long queuesVersion) {}
