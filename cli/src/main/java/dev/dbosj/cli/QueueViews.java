package dev.dbosj.cli;

import dev.dbosj.workflow.QueueBound;
import dev.dbosj.workflow.QueueLimits;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.WorkflowQueue;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Queues: their definition, and what they hold. */
final class QueueViews {
    private static final String UNLIMITED = "unlimited";
    private static final String NONE = "none";

    /**
     * One queue.
     *
     * @param definition null if nobody has registered it
     */
    record Queue(WorkflowQueue definition, QueueStats stats) {
        String name() {
            return stats.name();
        }

        QueueLimits limits() {
            return definition == null ? QueueLimits.NONE : definition.limits();
        }

        QueueLimits partitionLimits() {
            return definition == null ? QueueLimits.NONE : definition.partitionLimits();
        }

        QueueBound bound() {
            return of(definition, WorkflowQueue::bound);
        }

        RetryPolicy retries() {
            return of(definition, WorkflowQueue::retries);
        }

        String state() {
            return definition == null ? "UNREGISTERED" : stats.state().name();
        }
    }

    private QueueViews() {}

    static View<Queue> queues(Paint paint) {
        return new View<>(
                List.of(
                        Column.cut("QUEUE", Queue::name),
                        Column.<Queue>whole("STATE", Queue::state).painted((queue, text) -> paint.warning(
                                queue.definition() == null || queue.stats().state() != QueueState.ACTIVE, text)),
                        Column.number("ENQUEUED", queue -> count(queue.stats().enqueued())),
                        Column.number("DELAYED", queue -> count(queue.stats().delayed())),
                        Column.number("RUNNING", queue -> count(queue.stats().running())),
                        Column.number("LAG", QueueViews::lagOf),
                        Column.<Queue>number("CONCURRENCY", queue -> limit(queue.limits().concurrency())).orLeftOut(),
                        Column.<Queue>number("PER WORKER", queue -> limit(queue.limits().workerConcurrency())).orLeftOut(),
                        Column.<Queue>number("RATE", queue -> rate(queue.limits().rate())).orLeftOut()),
                fields(),
                Queue::name);
    }

    private static String lagOf(Queue queue) {
        return queue.stats().enqueued() == 0 ? null : Times.span(queue.stats().lag());
    }

    private static Fields<Queue> fields() {
        var fields = new Fields<Queue>()
                .text("name", Queue::name)
                .text("state", Queue::state)
                .flag("registered", queue -> queue.definition() != null)
                .number("enqueued", queue -> queue.stats().enqueued())
                .number("delayed", queue -> queue.stats().delayed())
                .number("running", queue -> queue.stats().running())
                .number("dead_letters", queue -> queue.stats().deadLetters())
                .span("lag_ms", queue -> queue.stats().lag())
                .number("starts_per_second", queue -> queue.stats().rates().startsPerSecond())
                .number("finishes_per_second", queue -> queue.stats().rates().finishesPerSecond());
        limits(fields, "", Queue::limits);
        limits(fields, "partition_", Queue::partitionLimits);
        fields.span("priority_aging_ms", queue -> of(queue.definition(), WorkflowQueue::priorityAging))
                .number("max_depth", queue -> of(queue.bound(), QueueBound::maxDepth))
                .span("block_ms", queue -> of(queue.bound(), QueueBound::block))
                .span("attempt_timeout_ms", queue -> of(queue.definition(), WorkflowQueue::attemptTimeout));
        return fields.number("max_attempts", queue -> of(queue.retries(), RetryPolicy::maxAttempts))
                .span("interval_ms", queue -> of(queue.retries(), RetryPolicy::interval))
                .number("backoff_rate", queue -> of(queue.retries(), RetryPolicy::backoffRate))
                .span("max_interval_ms", queue -> of(queue.retries(), RetryPolicy::maxInterval))
                .number("jitter", queue -> of(queue.retries(), RetryPolicy::jitter))
                .texts("retry_on", queue -> of(queue.retries(), RetryPolicy::retryOn))
                .texts("abort_on", queue -> of(queue.retries(), RetryPolicy::abortOn));
    }

    private static <T, V> V of(T part, Function<T, V> value) {
        return part == null ? null : value.apply(part);
    }

    private static void limits(Fields<Queue> fields, String prefix, Function<Queue, QueueLimits> limits) {
        fields.number(prefix + "concurrency", queue -> limits.apply(queue).concurrency())
                .number(prefix + "worker_concurrency", queue -> limits.apply(queue).workerConcurrency())
                .number(prefix + "rate_limit", queue -> {
                    var rate = limits.apply(queue).rate();
                    return rate == null ? null : rate.starts();
                })
                .span(prefix + "rate_period_ms", queue -> {
                    var rate = limits.apply(queue).rate();
                    return rate == null ? null : rate.period();
                });
    }

    /** One queue as lines of words and values. */
    static List<String> details(Queue queue, Paint paint) {
        var lines = new ArrayList<String>();
        line(lines, "queue", Text.printable(queue.name()));
        line(lines, "state", paint.warning(queue.stats().state() != QueueState.ACTIVE, queue.state()));
        line(lines, "enqueued", count(queue.stats().enqueued()));
        if (queue.stats().enqueued() > 0) line(lines, "lag", Times.span(queue.stats().lag()));
        line(lines, "delayed", count(queue.stats().delayed()));
        line(lines, "running", count(queue.stats().running()));
        line(lines, "dead letters", count(queue.stats().deadLetters()));
        if (queue.definition() == null) {
            line(lines, "", "nobody has registered this queue, so nobody takes from it");
            return lines;
        }
        limits(lines, "", queue.limits());
        limits(lines, "partition ", queue.partitionLimits());
        line(lines, "priority aging", span(queue.definition().priorityAging()));
        line(lines, "max depth", bound(queue.bound()));
        line(lines, "attempt timeout", span(queue.definition().attemptTimeout()));
        retries(lines, queue.retries());
        return lines;
    }

    private static String bound(QueueBound bound) {
        if (bound == null) return UNLIMITED;
        return bound.maxDepth() + (bound.blocks() ? "; one more waits up to %s for room".formatted(span(bound.block()))
                : "; one more is refused");
    }

    private static void retries(List<String> lines, RetryPolicy retries) {
        line(lines, "max attempts", retries == null ? "1; what throws ends in ERROR" : count(retries.maxAttempts()));
        if (retries == null) return;
        line(lines, "interval", "%s, × %s each time, at most %s, jitter %s".formatted(
                span(retries.interval()), figure(retries.backoffRate()), span(retries.maxInterval()),
                figure(retries.jitter())));
        line(lines, "retry on", names(retries.retryOn()));
        line(lines, "abort on", names(retries.abortOn()));
    }

    private static String names(Set<String> names) {
        return names.isEmpty() ? NONE : Text.printable(String.join(", ", names));
    }

    private static String figure(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    private static String span(Duration span) {
        return span == null ? NONE : Times.brief(span);
    }

    private static void limits(List<String> lines, String prefix, QueueLimits limits) {
        line(lines, prefix + "concurrency", limit(limits.concurrency()));
        line(lines, prefix + "worker concurrency", limit(limits.workerConcurrency()));
        line(lines, prefix + "rate", rate(limits.rate()));
    }

    private static void line(List<String> lines, String word, String value) {
        lines.add("%-30s%s".formatted(word, value));
    }

    private static String count(long number) {
        return Long.toString(number);
    }

    private static String limit(Integer limit) {
        return limit == null ? UNLIMITED : limit.toString();
    }

    private static String rate(RateLimit rate) {
        return rate == null ? UNLIMITED : rate.starts() + "/" + Times.brief(rate.period());
    }

    /** Of those that hold anything or are registered, by name. */
    static List<Queue> all(List<WorkflowQueue> definitions, List<QueueStats> stats) {
        return stats.stream().map(each -> new Queue(
                        definitions.stream().filter(one -> one.name().equals(each.name())).findFirst().orElse(null),
                        each))
                .toList();
    }

    /** The longest that anything waits for its turn. */
    static Duration lag(List<Queue> queues) {
        return queues.stream().map(queue -> queue.stats().lag()).reduce(Duration.ZERO, (a, b) -> a.compareTo(b) < 0 ? b : a);
    }
}
