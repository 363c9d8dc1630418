package dev.dbosj.cli;

import dev.dbosj.workflow.QueueLimits;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Queues: their definition, and what they hold. */
final class QueueViews {
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
                        Column.number("LAG", queue -> queue.stats().enqueued() == 0 ? null : Times.span(queue.stats().lag())),
                        Column.<Queue>number("CONCURRENCY", queue -> limit(queue.limits().concurrency())).orLeftOut(),
                        Column.<Queue>number("PER WORKER", queue -> limit(queue.limits().workerConcurrency())).orLeftOut(),
                        Column.<Queue>number("RATE", queue -> rate(queue.limits().rate())).orLeftOut()),
                fields(),
                Queue::name);
    }

    private static Fields<Queue> fields() {
        var fields = new Fields<Queue>()
                .text("name", Queue::name)
                .text("state", Queue::state)
                .flag("registered", queue -> queue.definition() != null)
                .number("enqueued", queue -> queue.stats().enqueued())
                .number("delayed", queue -> queue.stats().delayed())
                .number("running", queue -> queue.stats().running())
                .span("lag_ms", queue -> queue.stats().lag());
        limits(fields, "", Queue::limits);
        limits(fields, "partition_", Queue::partitionLimits);
        return fields.span("priority_aging_ms", queue -> queue.definition() == null ? null : queue.definition().priorityAging());
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
        if (queue.definition() == null) {
            line(lines, "", "nobody has registered this queue, so nobody takes from it");
            return lines;
        }
        limits(lines, "", queue.limits());
        limits(lines, "partition ", queue.partitionLimits());
        var aging = queue.definition().priorityAging();
        line(lines, "priority aging", aging == null ? "none" : Times.span(aging));
        return lines;
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
        return limit == null ? "unlimited" : limit.toString();
    }

    private static String rate(RateLimit rate) {
        return rate == null ? "unlimited" : rate.starts() + "/" + Times.brief(rate.period());
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
