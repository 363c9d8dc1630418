package dev.dbosj.postgres;

import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.ClaimedWorkflow;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Words for what executors do. */
final class Fleet {
    private Fleet() {}

    /** Connections without a pool, which would look after them at times, and cost nothing to make. */
    static DataSource unpooled(String url) {
        var connections = new PGSimpleDataSource();
        connections.setUrl(PostgresUrl.jdbc(url));
        connections.setAssumeMinServerVersion("14");
        return connections;
    }

    static ExecutorInfo executor(String id, Duration lease) {
        return new ExecutorInfo(id, "app", Set.of("work"), lease, Instant.EPOCH, false);
    }

    static void join(SystemDatabase db, String id) {
        db.join(executor(id, Duration.ofMinutes(1)));
    }

    static NewWorkflow workflow(String id, String parentId, String executorId) {
        return new NewWorkflow(id, id.hashCode(), "work", "queue", 0, "{\"positionalArgs\":[]}", parentId, executorId);
    }

    static Command insert(NewWorkflow... workflows) {
        return new Command(null, null, new Effect.Insert(List.of(workflows), false));
    }

    static Command insert(String prefix, int count, String executorId) {
        return insert(IntStream.range(0, count)
                .mapToObj(i -> workflow(prefix + i, null, executorId))
                .toArray(NewWorkflow[]::new));
    }

    static Checkpoint checkpoint(int step, String output) {
        return new Checkpoint(step, "step", output, null, null, Instant.EPOCH, Instant.EPOCH);
    }

    static Command record(Owner owner, int step, String output) {
        return new Command(owner, checkpoint(step, output), Effect.NOTHING);
    }

    static Command finish(Owner owner) {
        return new Command(owner, null, new Effect.Finish(WorkflowState.SUCCESS, "1", null));
    }

    static Command cancel(String... ids) {
        var all = List.of(ids);
        return new Command(null, null, new Effect.Change(all.hashCode(), all, Effect.Amendment.CANCEL));
    }

    /** A checkpoint and an outcome of each. */
    static List<Command> stepsAndEnds(List<Owner> owners) {
        return owners.stream().flatMap(owner -> Stream.of(record(owner, 0, "1"), finish(owner))).toList();
    }

    static List<Owner> claim(SystemDatabase db, String executorId, int most) {
        return db.claim(new ClaimRequest(executorId, Map.of("queue", most), Set.of("work"))).workflows().stream()
                .map(ClaimedWorkflow::owner)
                .toList();
    }
}
