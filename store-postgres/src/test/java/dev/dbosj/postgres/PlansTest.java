package dev.dbosj.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.store.Awaited;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is done all the time never reads a table through, although its plan was made while the table was small. */
class PlansTest {
    private static final String SCANS = """
            select sum(seq_scan)
              from pg_stat_user_tables
             where schemaname = 'dbosj'
               and relname in ('workflow_status', 'operation_outputs', 'workflow_events', 'notifications')
            """;

    private static final String ROWS_READ = """
            select seq_tup_read + idx_tup_fetch
              from pg_stat_user_tables
             where schemaname = 'dbosj' and relname = 'workflow_status'
            """;

    private final String url = PostgresServer.freshDatabase();

    @Test
    void tablesThatGrowAreNeverReadThrough() throws SQLException {
        migrate(); // which reads through what it makes an index for
        long before = scans();
        try (var db = new PostgresProvider().open(url, Time.system())) {
            Fleet.join(db, "e");
            var limited = WorkflowQueue.named("queue").concurrency(9_999);
            db.apply(List.of(new Command(null, null, new Effect.Define(1, limited))));
            for (int round = 0; round < 30; round++) work(db, round, round < 15 ? 1 : 200);
            db.takeOver(new ExecutorInfo("e", "app", Set.of(), Duration.ZERO, Instant.EPOCH, true), 100);
        }
        assertThat(scans() - before).isZero();
    }

    @Test
    void aPageOfAListingByStateReadsLittleMoreThanThePage() throws SQLException {
        migrate();
        try (var db = new PostgresProvider().open(url, Time.system())) {
            Fleet.join(db, "e");
            db.apply(List.of(Fleet.insert("w", 2_000, null)));
            var owners = Fleet.claim(db, "e", 1_000);
            db.apply(owners.stream().skip(10).map(Fleet::finish).toList());
            db.apply(IntStream.range(1_500, 1_600).mapToObj(i -> Fleet.cancel("w" + i)).toList());
        }
        long before = rowsRead();
        var page = WorkflowFilter.all().limit(5);
        var states = List.of(WorkflowState.PENDING, WorkflowState.ENQUEUED, WorkflowState.CANCELLED);
        try (var db = new PostgresProvider().open(url, Time.system())) {
            for (var state : states) {
                assertThat(db.workflows(page.states(state))).hasSize(5);
                assertThat(db.workflows(page.states(state).newestFirst(false))).hasSize(5);
            }
            assertThat(db.workflows(page.states(states))).hasSize(5);
        }
        assertThat(rowsRead() - before).isEqualTo(7 * 5);
    }

    private static void work(SystemDatabase db, int round, int many) {
        var prefix = "round " + round + " ";
        db.apply(List.of(Fleet.insert(prefix, many, null)));
        var owners = Fleet.claim(db, "e", many);
        assertThat(owners).hasSize(many);
        var batch = new ArrayList<Command>();
        for (var owner : owners) {
            batch.add(Fleet.record(owner, 0, "1"));
            batch.add(new Command(owner, null, new Effect.SetEvent("key", "1")));
            batch.add(new Command(null, null, new Effect.Send(owner.workflowId(), "first", "", "1")));
            batch.add(new Command(null, null, new Effect.Send(owner.workflowId(), "second", "", "1")));
        }
        db.apply(batch);
        batch.add(Fleet.record(new Owner("nobody", 1), 0, "1"));
        db.apply(batch);
        db.apply(owners.stream().map(owner -> receive(owner, 1, "first")).toList());
        db.apply(Stream.concat(
                owners.stream().map(owner -> receive(owner, 2, "second")),
                Stream.of(receive(new Owner("nobody", 1), 1, "m"))).toList());
        db.history(Map.of(prefix + 0, 0), 100);
        db.arrivals(List.of(new Awaited.Result(prefix + 0), new Awaited.Event(prefix + 0, "key"),
                new Awaited.Message(prefix + 0, "")));
        db.tick("e", true);
        db.renew("e", owners);
        db.apply(owners.stream().skip(1).map(owner -> Fleet.finish(new Owner(owner.workflowId(), 2))).toList());
        db.apply(List.of(Fleet.cancel(prefix + 0)));
    }

    private static Command receive(Owner owner, int step, String messageId) {
        return new Command(owner, Fleet.checkpoint(step, "1"), new Effect.Receive(messageId));
    }

    private void migrate() {
        try (var db = new PostgresProvider().open(url, Time.system())) {
            db.migrate();
        }
    }

    private long scans() throws SQLException {
        return counted(SCANS);
    }

    private long rowsRead() throws SQLException {
        return counted(ROWS_READ);
    }

    /** Whoever disconnects has told all that it did. */
    private long counted(String counters) throws SQLException {
        try (var connection = DriverManager.getConnection(PostgresUrl.jdbc(url));
                var statement = connection.createStatement()) {
            for (int others = 1; others > 0; ) {
                try (var row = statement.executeQuery(
                        "select count(*) from pg_stat_activity where datname = current_database()"
                                + " and backend_type = 'client backend' and pid <> pg_backend_pid()")) {
                    row.next();
                    others = row.getInt(1);
                }
            }
            try (var row = statement.executeQuery(counters)) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
