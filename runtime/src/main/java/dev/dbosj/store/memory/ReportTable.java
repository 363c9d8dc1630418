package dev.dbosj.store.memory;

import dev.dbosj.store.SystemDatabase;
import dev.dbosj.workflow.QueueRates;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** What executors have last reported of the queues. Guarded by the store's lock. */
final class ReportTable {
    private record Report(Instant at, Map<String, QueueRates> rates) {}

    private static final Duration COUNTS = Duration.ofSeconds(SystemDatabase.REPORT_SECONDS);

    private final Map<String, Report> reports = new HashMap<>();

    void put(String executorId, Map<String, QueueRates> rates, Instant now) {
        reports.values().removeIf(report -> isOld(report, now));
        reports.put(executorId, new Report(now, Map.copyOf(rates)));
    }

    Map<String, QueueRates> rates(Instant now) {
        var sums = new TreeMap<String, QueueRates>();
        for (var report : reports.values())
            if (!isOld(report, now)) report.rates().forEach((queue, rates) -> sums.merge(queue, rates, QueueRates::plus));
        return sums;
    }

    private static boolean isOld(Report report, Instant now) {
        return report.at().plus(COUNTS).isBefore(now);
    }
}
