package dev.dbosj.executor;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.run.Throughput;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.QueueRates;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the others how fast the queues go here, each second while anything goes on. Belongs to the poller's thread. */
final class RateReports {
    private static final Logger LOG = LoggerFactory.getLogger(RateReports.class);
    private static final Duration BETWEEN = Duration.ofSeconds(1);

    private final SystemDatabase database;
    private final Throughput throughput;
    private final Time time;
    private Map<String, QueueRates> reported = Map.of();
    private long next;

    RateReports(SystemDatabase database, Throughput throughput, Time time) {
        this.database = database;
        this.throughput = throughput;
        this.time = time;
        this.next = time.nanos();
    }

    /** @return until when to come again; null while nothing goes on */
    Duration report(String executorId) {
        var left = Duration.ofNanos(next - time.nanos());
        if (left.isPositive()) return reported.isEmpty() ? null : left;
        next = time.nanos() + BETWEEN.toNanos();
        var rates = throughput.rates();
        rates.remove(NewWorkflow.DIRECT_QUEUE);
        if (rates.isEmpty() && reported.isEmpty()) return null;
        try {
            database.report(executorId, rates);
            reported = rates;
        } catch (SystemDatabaseException away) {
            LOG.debug("how fast the queues go was not written: {}", away.getMessage());
        }
        return BETWEEN;
    }
}
