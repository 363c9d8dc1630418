package dev.dbosj.run;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** The small durable calls of workflow code: what they answer is recorded, and the same after a recovery. */
public final class DurableCalls {
    private static final String SLEEP = "DBOS.sleep";
    private static final String NOW = "DBOS.now";
    private static final String RANDOM_UUID = "DBOS.randomUUID";

    private final Collaborators with;

    public DurableCalls(Collaborators with) {
        this.with = with;
    }

    /** Sleeps until the recorded wake time, which counts from the first attempt. */
    public void sleep(WorkflowRun run, Duration duration) {
        int step = run.beginOperation();
        var recorded = run.recorded(step, SLEEP);
        Instant wake;
        if (recorded == null) {
            wake = run.databaseTime().plus(duration);
            run.record(step, SLEEP, Long.toString(wake.toEpochMilli()), null, null, run.journal().now());
            run.barrier();
        } else {
            wake = Instant.ofEpochMilli(Long.parseLong(recorded.output()));
        }
        run.awaitUntil(() -> false, wake);
    }

    /** The time, in whole milliseconds. */
    public Instant now(WorkflowRun run) {
        int step = run.beginOperation();
        var recorded = run.recorded(step, NOW);
        if (recorded != null) return Instant.ofEpochMilli(Long.parseLong(recorded.output()));
        var now = run.journal().now();
        run.record(step, NOW, Long.toString(now.toEpochMilli()), null, null, now);
        return now;
    }

    /** A random version 4 UUID. */
    public UUID randomUUID(WorkflowRun run) {
        int step = run.beginOperation();
        var recorded = run.recorded(step, RANDOM_UUID);
        if (recorded != null) return (UUID) with.json().decode(recorded.output(), UUID.class);
        var uuid = with.seams().ids().uuid();
        run.record(step, RANDOM_UUID, with.json().encode(uuid, UUID.class), null, null, run.journal().now());
        return uuid;
    }
}
