package dev.dbosj.cli;

import dev.dbosj.workflow.RetryPolicy;
import java.time.Duration;
import java.util.Set;
import picocli.CommandLine.Option;

/** What is to be changed about a retry policy. */
final class RetryChange {
    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            description = "how often a workflow that throws is tried in all, before it is a dead letter; none to let it"
                    + " end in ERROR")
    private String maxAttempts;

    @Option(names = "--interval", paramLabel = "TIME", description = "the wait before the second attempt; at first 1s")
    private Duration interval;

    @Option(names = "--backoff-rate", paramLabel = "X", description = "factor from one wait to the next; at first 2")
    private Double backoffRate;

    @Option(names = "--max-interval", paramLabel = "TIME", description = "the longest wait; at first 1h")
    private Duration maxInterval;

    @Option(
            names = "--jitter",
            paramLabel = "X",
            description = "share of each wait that is varied at random; at first 0.1")
    private Double jitter;

    @Option(
            names = "--retry-on",
            paramLabel = "CLASS",
            split = ",",
            description = "exceptions that are worth another attempt, with their subclasses; at first"
                    + " java.lang.Exception")
    private Set<String> retryOn;

    @Option(
            names = "--abort-on",
            paramLabel = "CLASS",
            split = ",",
            description = "exceptions among those that are not; none for no such ones")
    private Set<String> abortOn;

    /** @return null if there is to be none */
    RetryPolicy of(RetryPolicy before) {
        var policy = maxAttempts == null ? before : policy(before);
        if (!isAboutAPolicy()) return policy;
        if (policy == null) throw new WrongUsage("there are no attempts to wait between: --max-attempts says how many");
        return new RetryPolicy(
                policy.maxAttempts(),
                interval == null ? policy.interval() : interval,
                backoffRate == null ? policy.backoffRate() : backoffRate,
                maxInterval == null ? policy.maxInterval() : maxInterval,
                jitter == null ? policy.jitter() : jitter,
                retryOn == null ? policy.retryOn() : retryOn,
                abortOn == null ? policy.abortOn() : abortOn.equals(Set.of(QueueSet.NONE)) ? Set.of() : abortOn);
    }

    private RetryPolicy policy(RetryPolicy before) {
        var attempts = QueueSet.number(maxAttempts);
        if (attempts == null) return null;
        return before == null ? RetryPolicy.attempts(attempts) : new RetryPolicy(
                attempts, before.interval(), before.backoffRate(), before.maxInterval(), before.jitter(),
                before.retryOn(), before.abortOn());
    }

    private boolean isAboutAPolicy() {
        return interval != null || backoffRate != null || maxInterval != null || jitter != null
                || retryOn != null || abortOn != null;
    }
}
