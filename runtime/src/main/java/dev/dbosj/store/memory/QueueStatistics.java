package dev.dbosj.store.memory;

import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.workflow.QueueRates;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What queues hold, and what executors have last reported of them. Guarded by the store's lock. */
final class QueueStatistics {
    private record Report(Instant at, Map<String, QueueRates> rates) {}

    private static final Duration COUNTS = Duration.ofSeconds(SystemDatabase.REPORT_SECONDS);

    private final WorkflowTable workflows;
    private final QueueTable queues;
    private final Map<String, Report> reports = new HashMap<>();

    QueueStatistics(WorkflowTable workflows, QueueTable queues) {
        this.workflows = workflows;
        this.queues = queues;
    }

    void report(String executorId, Map<String, QueueRates> rates, Instant now) {
        reports.values().removeIf(report -> isOld(report, now));
        reports.put(executorId, new Report(now, Map.copyOf(rates)));
    }

    Map<String, QueueRates> rates(Instant now) {
        var sums = new TreeMap<String, QueueRates>();
        // In the order of executors: sums of fractions depend on it.
        new TreeMap<>(reports).values().stream()
                .filter(report -> !isOld(report, now))
                .forEach(report -> report.rates()
                        .forEach((queue, rates) -> sums.merge(queue, rates, QueueRates::plus)));
        return sums;
    }

    private static boolean isOld(Report report, Instant now) {
        return report.at().plus(COUNTS).isBefore(now);
    }

    List<QueueStats> all(Instant now) {
        var names = new TreeSet<String>();
        queues.all().forEach(queue -> names.add(queue.name()));
        for (var row : workflows.all())
            if (!row.status.isTerminal() || row.executorId != null || DeadLetters.isDead(row))
                names.add(row.origin.queueName());
        names.remove(NewWorkflow.DIRECT_QUEUE);
        return names.stream().map(queue -> stats(queue, now)).toList();
    }

    private QueueStats stats(String queue, Instant now) {
        var waiting = workflows.enqueued(queue);
        var delayed = workflows.all().stream()
                .filter(row -> row.isOn(queue) && row.status == WorkflowState.DELAYED)
                .toList();
        // The clock may have been set back since then.
        var since = Stream.concat(
                        waiting.stream().map(row -> row.readySince),
                        delayed.stream().map(row -> row.wakeAt))
                .filter(time -> !time.isAfter(now))
                .min(Comparator.naturalOrder());
        return new QueueStats(
                queue,
                queues.state(queue),
                waiting.size(),
                delayed.size(),
                workflows.owned().filter(row -> row.isOn(queue)).count(),
                workflows.all().stream().filter(row -> row.isOn(queue) && DeadLetters.isDead(row)).count(),
                since.map(oldest -> Duration.between(oldest, now)).orElse(Duration.ZERO),
                rates(now).getOrDefault(queue, QueueRates.NONE));
    }
}
