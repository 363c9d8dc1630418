package dev.dbosj.store.jdbc;

import com.google.gson.Gson;
import dev.dbosj.workflow.RetryPolicy;
import java.time.Duration;
import java.util.Set;

/** The retry policies of queues as text. */
final class RetryPolicies {
    private static final Gson GSON = new Gson();

    /** @param interval and the longest one in milliseconds */
    private record Stored(
            int maxAttempts, long interval, double backoffRate, long maxInterval, double jitter,
            Set<String> retryOn, Set<String> abortOn) {}

    private RetryPolicies() {}

    /** JSON, the same for equal policies; null for none. */
    static String text(RetryPolicy policy) {
        return policy == null ? null : GSON.toJson(new Stored(
                policy.maxAttempts(), policy.interval().toMillis(), policy.backoffRate(), policy.maxInterval().toMillis(),
                policy.jitter(), policy.retryOn(), policy.abortOn()));
    }

    static RetryPolicy read(String text) {
        if (text == null) return null;
        var stored = GSON.fromJson(text, Stored.class);
        return new RetryPolicy(
                stored.maxAttempts(), Duration.ofMillis(stored.interval()), stored.backoffRate(),
                Duration.ofMillis(stored.maxInterval()), stored.jitter(), stored.retryOn(), stored.abortOn());
    }
}
