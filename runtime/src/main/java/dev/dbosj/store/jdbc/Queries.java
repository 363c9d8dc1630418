package dev.dbosj.store.jdbc;

import static dev.dbosj.store.jdbc.Rows.millis;

import dev.dbosj.store.Arrival;
import dev.dbosj.store.Awaited;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.WorkflowEvent;
import dev.dbosj.store.WorkflowMessage;
import dev.dbosj.workflow.QueueBound;
import dev.dbosj.workflow.QueueLimits;
import dev.dbosj.workflow.QueueRates;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowQueue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is only read. */
public final class Queries {
    private static final String RESULTS = "select " + Rows.RESULT + """
              from {each} {with} {schema}workflow_status on workflow_id = wanted.value
             where status in ('SUCCESS', 'ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED') and not resume_requested
            """;

    private static final String EVENTS_OF_KEY = """
            select w.workflow_id, event.key, event.value
              from {each} {with} {schema}workflow_status w on w.workflow_id = wanted.value
              join {schema}workflow_events event on event.workflow_sequence = w.sequence
             where event.key = ?
            """;

    private static final String OLDEST_OF_TOPIC = """
            select w.workflow_id, oldest.topic, oldest.message_id, oldest.message
              from {each} {with} {schema}workflow_status w on w.workflow_id = wanted.value
              join {schema}notifications oldest on oldest.sequence = (
                    select min(unread.sequence)
                      from {schema}notifications unread
                     where unread.workflow_sequence = w.sequence and unread.topic = ? and unread.message is not null)
            """;

    private static final String EVENTS = """
            select event.key, event.value
              from {schema}workflow_status w
              join {schema}workflow_events event on event.workflow_sequence = w.sequence
             where w.workflow_id = ?
            """;

    /** The beginning of a query of queues whose rows {@link #queue} reads. */
    public static final String QUEUE_COLUMNS = """
            select name, concurrency, worker_concurrency, rate_starts, rate_period, partition_concurrency,
                   partition_worker_concurrency, partition_rate_starts, partition_rate_period, priority_aging,
                   max_depth, block, retry_policy, attempt_timeout
            """;

    private static final String QUEUES = QUEUE_COLUMNS + " from {schema}queues order by name";

    private static final String STATES = "select name, state from {schema}queues where state <> 'ACTIVE'";

    private static final String STATS = """
            select each.queue_name, coalesce(queue.state, 'ACTIVE'), each.enqueued, each.delayed, each.owned, each.since,
                   each.dead
              from (
                select queue_name, sum(enqueued) as enqueued, sum(delayed) as delayed, sum(owned) as owned,
                       sum(dead) as dead, min(since) as since
                  from (
                    select queue_name, count(*) as enqueued, 0 as delayed, 0 as owned, 0 as dead, min(since) as since
                      from {ready}
                     group by queue_name
                     union all
                    select queue_name, 0, count(*), 0, 0, min(case when wake_at <= ? then wake_at end)
                      from {delayed}
                     group by queue_name
                     union all
                    select queue_name, 0, 0, count(*), 0, null
                      from {held}
                     group by queue_name
                     union all
                    select queue_name, 0, 0, 0, count(*), null
                      from {dead}
                     group by queue_name
                     union all
                    select name, 0, 0, 0, 0, null
                      from {schema}queues) parts
                 where queue_name <> ?
                 group by queue_name) each
              left join {schema}queues queue on queue.name = each.queue_name
             order by each.queue_name
            """;

    private static final String REPORT = """
            insert into {schema}queue_reports (
                executor_id, queue_name, starts_per_second, finishes_per_second, reported_at)
            values (?, ?, ?, ?, ?)
            """;

    private static final String FORGET_REPORTS =
            "delete from {schema}queue_reports where executor_id = ? or reported_at < ?";

    private static final String RATES = """
            select queue_name, sum(starts_per_second), sum(finishes_per_second)
              from {schema}queue_reports
             where reported_at >= ?
             group by queue_name
            """;

    private static final String UNSERVED = """
            select name, count(*)
              from {ready}
             where name not in ({known})
             group by name
            """;

    private Queries() {}

    /** What has arrived, by one query for the results and one for each key of events and each topic of messages. */
    public static List<Arrival> arrivals(Session session, Collection<? extends Awaited> awaited) throws SQLException {
        var results = new ArrayList<String>();
        var events = new LinkedHashMap<String, List<String>>();
        var messages = new LinkedHashMap<String, List<String>>();
        for (var one : awaited) {
            switch (one) {
                case Awaited.Result result -> results.add(result.workflowId());
                case Awaited.Event event ->
                    events.computeIfAbsent(event.key(), key -> new ArrayList<>()).add(event.workflowId());
                case Awaited.Message message ->
                    messages.computeIfAbsent(message.topic(), topic -> new ArrayList<>()).add(message.workflowId());
            }
        }
        var arrivals = new ArrayList<Arrival>();
        if (!results.isEmpty()) arrivals.addAll(session.list(RESULTS, Rows::result, results));
        for (var ids : events.entrySet())
            arrivals.addAll(session.list(EVENTS_OF_KEY, Queries::event, ids.getValue(), ids.getKey()));
        for (var ids : messages.entrySet())
            arrivals.addAll(session.list(OLDEST_OF_TOPIC, Queries::message, ids.getValue(), ids.getKey()));
        return arrivals;
    }

    private static WorkflowEvent event(ResultSet row) throws SQLException {
        return new WorkflowEvent(row.getString(1), row.getString(2), row.getString(3));
    }

    private static WorkflowMessage message(ResultSet row) throws SQLException {
        return new WorkflowMessage(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
    }

    /** All events of a workflow. */
    public static Map<String, String> events(Session session, String workflowId) throws SQLException {
        var events = new TreeMap<String, String>();
        session.list(EVENTS, row -> events.put(row.getString(1), row.getString(2)), workflowId);
        return events;
    }

    /** The failed attempts of a workflow, in order. */
    public static List<WorkflowAttempt> attempts(Session session, String workflowId) throws SQLException {
        return DeadLetters.attempts(session, workflowId);
    }

    /** All queue definitions by name. */
    public static List<WorkflowQueue> queues(Session session) throws SQLException {
        return session.list(QUEUES, Queries::queue);
    }

    /** Of the columns {@link #QUEUE_COLUMNS}. */
    public static WorkflowQueue queue(ResultSet row) throws SQLException {
        var maxDepth = number(row, 11);
        return new WorkflowQueue(
                row.getString(1), limits(row, 2), limits(row, 6), duration(row, 10),
                maxDepth == null ? null : new QueueBound(maxDepth, Duration.ofMillis(row.getLong(12))),
                RetryPolicies.read(row.getString(13)), duration(row, 14));
    }

    private static Duration duration(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? null : Duration.ofMillis(millis);
    }

    private static QueueLimits limits(ResultSet row, int column) throws SQLException {
        var starts = number(row, column + 2);
        return new QueueLimits(
                number(row, column),
                number(row, column + 1),
                starts == null ? null : new RateLimit(starts, Duration.ofMillis(row.getLong(column + 3))));
    }

    private static Integer number(ResultSet row, int column) throws SQLException {
        int number = row.getInt(column);
        return row.wasNull() ? null : number;
    }

    /** The queues that are not active. */
    public static Map<String, QueueState> states(Session session) throws SQLException {
        var states = new TreeMap<String, QueueState>();
        session.list(STATES, row -> states.put(row.getString(1), QueueState.valueOf(row.getString(2))));
        return states;
    }

    /** What waits and runs on each queue. */
    public static List<QueueStats> stats(Session session, Instant now) throws SQLException {
        var rates = rates(session, now);
        return session.list(STATS, row -> stats(row, rates, now), millis(now), NewWorkflow.DIRECT_QUEUE);
    }

    private static QueueStats stats(ResultSet row, Map<String, QueueRates> rates, Instant now) throws SQLException {
        var since = Rows.instant(row, 6);
        return new QueueStats(
                row.getString(1),
                QueueState.valueOf(row.getString(2)),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(7),
                since == null || since.isAfter(now) ? Duration.ZERO : Duration.between(since, now),
                rates.getOrDefault(row.getString(1), QueueRates.NONE));
    }

    /** Writes how fast queues go on an executor. */
    public static Void report(Session session, String executorId, Map<String, QueueRates> rates, Instant now)
            throws SQLException {
        session.update(FORGET_REPORTS, executorId, millis(firstThatCounts(now)));
        var rows = new ArrayList<Object[]>();
        rates.forEach((queue, rate) -> rows.add(
                new Object[] {executorId, queue, rate.startsPerSecond(), rate.finishesPerSecond(), millis(now)}));
        session.updateEach(REPORT, rows);
        return null;
    }

    /** How fast each queue goes. */
    public static Map<String, QueueRates> rates(Session session, Instant now) throws SQLException {
        var rates = new TreeMap<String, QueueRates>();
        session.list(
                RATES,
                row -> rates.put(row.getString(1), new QueueRates(row.getDouble(2), row.getDouble(3))),
                millis(firstThatCounts(now)));
        return rates;
    }

    private static Instant firstThatCounts(Instant now) {
        return now.minusSeconds(SystemDatabase.REPORT_SECONDS);
    }

    /** How many ENQUEUED workflows there are of each name that no executor knows. */
    public static Map<String, Long> unserved(Session session) throws SQLException {
        var unserved = new TreeMap<String, Long>();
        session.list(UNSERVED, row -> unserved.put(row.getString(1), row.getLong(2)));
        return unserved;
    }
}
