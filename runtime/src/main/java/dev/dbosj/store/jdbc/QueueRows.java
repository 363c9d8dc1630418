package dev.dbosj.store.jdbc;

import dev.dbosj.store.Effect;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.workflow.QueueLimits;
import dev.dbosj.workflow.RateLimit;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The rows of queues, as far as a batch is concerned. */
final class QueueRows {
    private static final String DEFINE = """
            insert into {schema}queues as queue (
                name, concurrency, worker_concurrency, rate_starts, rate_period, partition_concurrency,
                partition_worker_concurrency, partition_rate_starts, partition_rate_period, priority_aging,
                max_depth, block, retry_policy, attempt_timeout, version)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
                on conflict (name) do update
               set concurrency = excluded.concurrency,
                   worker_concurrency = excluded.worker_concurrency,
                   rate_starts = excluded.rate_starts,
                   rate_period = excluded.rate_period,
                   partition_concurrency = excluded.partition_concurrency,
                   partition_worker_concurrency = excluded.partition_worker_concurrency,
                   partition_rate_starts = excluded.partition_rate_starts,
                   partition_rate_period = excluded.partition_rate_period,
                   priority_aging = excluded.priority_aging,
                   retry_policy = excluded.retry_policy,
                   attempt_timeout = excluded.attempt_timeout,
                   max_depth = excluded.max_depth,
                   block = excluded.block,
                   version = queue.version + 1
             where queue.concurrency is distinct from excluded.concurrency
                or queue.worker_concurrency is distinct from excluded.worker_concurrency
                or queue.rate_starts is distinct from excluded.rate_starts
                or queue.rate_period is distinct from excluded.rate_period
                or queue.partition_concurrency is distinct from excluded.partition_concurrency
                or queue.partition_worker_concurrency is distinct from excluded.partition_worker_concurrency
                or queue.partition_rate_starts is distinct from excluded.partition_rate_starts
                or queue.partition_rate_period is distinct from excluded.partition_rate_period
                or queue.priority_aging is distinct from excluded.priority_aging
                or queue.retry_policy is distinct from excluded.retry_policy
                or queue.attempt_timeout is distinct from excluded.attempt_timeout
                or queue.max_depth is distinct from excluded.max_depth
                or queue.block is distinct from excluded.block
            """;

    private static final String IS_BOUNDED =
            "select 1 from {schema}queues where name = ? and max_depth is not null";

    private static final String COUNT = """
            update {schema}workflow_status
               set counted = true
             where sequence in (
                    select sequence from {ready} where queue_name = ?
                     union all
                    select sequence from {delayed} where queue_name = ?)
               and status in ('ENQUEUED', 'DELAYED') and owner_epoch = 0 and not counted
            """;

    private static final String ADD_TO_DEPTH = """
            insert into {schema}queue_depths as counted (queue_name, depth)
            values (?, ?)
                on conflict (queue_name) do update
               set depth = counted.depth + excluded.depth
            """;

    private static final String STEER = """
            update {schema}queues
               set state = ?, version = version + 1
             where name = ? and state <> ?
            """;

    private static final String EXISTS = "select 1 from {schema}queues where name = ?";

    private static final String AGING =
            "select name, priority_aging from {schema}queues where priority_aging is not null";

    private final Session session;
    private Map<String, Long> aging;

    QueueRows(Session session) {
        this.session = session;
    }

    Outcome define(Effect.Define define) throws SQLException {
        var queue = define.queue();
        boolean becomesBounded = queue.bound() != null && !session.any(IS_BOUNDED, queue.name());
        session.update(
                DEFINE,
                queue.name(),
                queue.limits().concurrency(), queue.limits().workerConcurrency(),
                starts(queue.limits()), period(queue.limits()),
                queue.partitionLimits().concurrency(), queue.partitionLimits().workerConcurrency(),
                starts(queue.partitionLimits()), period(queue.partitionLimits()),
                millis(queue.priorityAging()),
                queue.maxDepth(), queue.bound() == null ? null : millis(queue.bound().block()),
                RetryPolicies.text(queue.retries()), millis(queue.attemptTimeout()));
        if (becomesBounded) count(queue.name());
        return Outcome.APPLIED;
    }

    /** From now on those count that wait for their first start. What counted under an earlier bound does so still. */
    private void count(String queueName) throws SQLException {
        int more = session.update(COUNT, queueName, queueName);
        session.update(ADD_TO_DEPTH, queueName, more);
    }

    private static Integer starts(QueueLimits limits) {
        return limits.rate() == null ? null : limits.rate().starts();
    }

    private static Long period(QueueLimits limits) {
        RateLimit rate = limits.rate();
        return rate == null ? null : millis(rate.period());
    }

    private static Long millis(Duration duration) {
        return duration == null ? null : duration.toMillis();
    }

    Outcome steer(Effect.Steer steer) throws SQLException {
        var state = steer.state().name();
        if (session.update(STEER, state, steer.queueName(), state) > 0 || session.any(EXISTS, steer.queueName()))
            return Outcome.APPLIED;
        return new Outcome.Refused(Outcome.Reason.NO_SUCH_QUEUE, steer.queueName());
    }

    /** Where a new workflow stands in its queue. */
    long rank(NewWorkflow workflow, Instant now) throws SQLException {
        if (aging == null) {
            aging = new HashMap<>();
            session.list(AGING, row -> aging.put(row.getString(1), row.getLong(2)));
        }
        var step = aging.get(workflow.queueName());
        return step == null ? workflow.priority() : now.toEpochMilli() + workflow.priority() * step;
    }
}
