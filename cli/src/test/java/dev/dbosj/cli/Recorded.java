package dev.dbosj.cli;

import dev.dbosj.sqlite.SqliteProvider;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * A SQLite file in which a test writes what an engine would have, at times of its choice, and also what no engine of
 * ours would.
 */
final class Recorded implements AutoCloseable {
    private static final String EXECUTOR = "executor-1";
    private static final Effect.Release PUT_OFF = new Effect.Release(Instant.parse("2100-01-01T00:00:00Z"), false);

    final String url;
    private final SystemDatabase database;
    private Instant now;
    private long uid;

    Recorded(Path folder) {
        this(folder, Cli.NOW);
    }

    /** Its first ten minutes end at that time. */
    Recorded(Path folder, Instant end) {
        now = end.minus(Duration.ofMinutes(10));
        url = "sqlite:" + folder.resolve("orders.db");
        database = new SqliteProvider().open(url, new Time() {
            @Override
            public Instant now() {
                return now;
            }

            @Override
            public long nanos() {
                return 0;
            }

            @Override
            public void park(Duration atMost) {}
        });
        database.migrate();
        database.join(new ExecutorInfo(EXECUTOR, "orders", Set.of("ship"), Duration.ofHours(1), now, false));
    }

    Recorded after(Duration time) {
        now = now.plus(time);
        return this;
    }

    Recorded enqueued(String id, String name, String queue) {
        return enqueued(id, name, queue, null);
    }

    Recorded enqueued(String id, String name, String queue, String parent) {
        return insert(new NewWorkflow(id, ++uid, name, queue, 0, "{\"positionalArgs\":[]}", parent, null));
    }

    Recorded running(String id, String name) {
        return running(id, name, "{\"positionalArgs\":[]}");
    }

    Recorded running(String id, String name, String input) {
        return insert(new NewWorkflow(id, ++uid, name, NewWorkflow.DIRECT_QUEUE, 0, input, null, EXECUTOR));
    }

    private Recorded insert(NewWorkflow workflow) {
        return apply(null, null, new Effect.Insert(List.of(workflow), true));
    }

    Recorded step(String id, int step, String name, String output, String error, String child) {
        var checkpoint = new Checkpoint(step, name, output, error, child, now, now.plusMillis(1_500));
        return apply(new Owner(id, 1), checkpoint, Effect.NOTHING);
    }

    Recorded ended(String id, WorkflowState state, String output, String error) {
        return apply(new Owner(id, 1), null, new Effect.Finish(state, output, error));
    }

    Recorded putOff(String id) {
        return apply(new Owner(id, 1), null, PUT_OFF);
    }

    Recorded cancelled(String id) {
        return apply(null, null, new Effect.Change(++uid, List.of(id), Effect.Amendment.CANCEL));
    }

    Recorded queue(WorkflowQueue queue) {
        return apply(null, null, new Effect.Define(++uid, queue));
    }

    /** One workflow in each state, a minute apart, in the order of the states, which are also their ids. */
    Recorded oneOfEachState() {
        enqueued("enqueued", "ship", "orders");
        after(Duration.ofMinutes(1)).running("delayed", "ship").putOff("delayed");
        after(Duration.ofMinutes(1)).running("pending", "ship");
        after(Duration.ofMinutes(1)).running("success", "ship").after(Duration.ofMillis(4_250));
        ended("success", WorkflowState.SUCCESS, "{\"parcels\":2}", null);
        after(Duration.ofMinutes(1)).running("error", "ship").after(Duration.ofMillis(12));
        ended("error", WorkflowState.ERROR, null, "{\"name\":\"java.io.IOException\",\"message\":\"no stock\"}");
        after(Duration.ofMinutes(1)).enqueued("cancelled", "ship", "orders").cancelled("cancelled");
        after(Duration.ofMinutes(1)).running("dead", "ship");
        return ended("dead", WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED, null, null);
    }

    WorkflowState state(String id) {
        return database.workflow(id).status();
    }

    private Recorded apply(Owner owner, Checkpoint checkpoint, Effect effect) {
        var outcome = database.apply(List.of(new Command(owner, checkpoint, effect))).getFirst();
        if (outcome instanceof Outcome.Applied) return this;
        throw new IllegalStateException(effect + " was answered with " + outcome);
    }

    @Override
    public void close() {
        database.close();
    }
}
