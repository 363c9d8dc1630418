package dev.dbosj;

import dev.dbosj.executor.Executor;
import dev.dbosj.run.CurrentWorkflow;
import dev.dbosj.run.Starts;
import dev.dbosj.time.Bell;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;

/** Defines queues, and lets them go or stand. The executor of this process follows at once. */
final class QueueControl {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    private final Lookups lookups;
    private final Starts starts;
    private final Executor executor;
    private final Time time;

    QueueControl(Lookups lookups, Starts starts, Executor executor, Time time) {
        this.lookups = lookups;
        this.starts = starts;
        this.executor = executor;
        this.time = time;
    }

    void define(WorkflowQueue queue) {
        CurrentWorkflow.refuseOutsideSteps("registerQueue");
        starts.define(queue);
        executor.queuesChanged();
    }

    void steer(String queueName, QueueState state) {
        starts.steer(queueName, state);
        executor.queuesChanged();
    }

    /** @return whether the queue was empty before the time was over */
    boolean drain(String queueName, Duration timeout) {
        steer(queueName, QueueState.DRAINING);
        long deadline = time.nanos() + timeout.toNanos();
        while (!stats(queueName).isEmpty()) {
            if (time.nanos() - deadline >= 0) return false;
            new Bell(time).await(BETWEEN_LOOKS);
        }
        return true;
    }

    private QueueStats stats(String queueName) {
        return lookups.queueStats().stream()
                .filter(stats -> stats.name().equals(queueName))
                .findFirst()
                .orElseThrow();
    }
}
