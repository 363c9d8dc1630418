package dev.dbosj.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.postgres.faults.Wire;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who waits for whom, how long, and in which order. */
@Timeout(30)
class LocksTest {
    private final String url = PostgresServer.freshDatabase();
    private SystemDatabase db;
    private Connection stranger;

    @BeforeEach
    void open() throws SQLException {
        db = new PostgresProvider().open(url, Time.system());
        db.migrate();
        db.join(Fleet.executor("e", Duration.ofSeconds(1)));
        db.apply(List.of(Fleet.insert("w", 1, "e")));
        stranger = DriverManager.getConnection(PostgresUrl.jdbc(url));
        stranger.setAutoCommit(false);
    }

    @AfterEach
    void close() throws SQLException {
        stranger.close();
        db.close();
    }

    private void lock(String sql) throws SQLException {
        try (var statement = stranger.createStatement()) {
            statement.execute(sql);
        }
    }

    private static void assertContended(Supplier<?> act) {
        assertThatThrownBy(act::get).isInstanceOfSatisfying(
                SystemDatabaseException.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.CONTENDED));
    }

    private static Command joining(String id) {
        return new Command(null, null, new Effect.Insert(List.of(Fleet.workflow(id, null, null)), true));
    }

    @Test
    void anIdThatAStrangerIsAboutToTakeIsContendedAndNotWaitedFor() throws SQLException {
        lock("""
                insert into dbosj.workflow_status (workflow_id, uid, status, name, queue_name, priority, owner_epoch,
                    attempts, progress, resume_requested, created_at)
                values ('id', 1, 'SUCCESS', 'work', 'queue', 0, 0, 0, 0, false, 0)
                """);
        assertContended(() -> db.apply(List.of(joining("id"))));

        stranger.rollback();
        assertThat(db.apply(List.of(joining("id")))).containsExactly(Outcome.APPLIED);
    }

    @Test
    void aWorkflowThatAStrangerChangesIsContendedAndNotWaitedFor() throws SQLException {
        lock("update dbosj.workflow_status set priority = 1");
        assertContended(() -> db.apply(List.of(Fleet.cancel("w0"))));

        stranger.rollback();
        assertThat(db.apply(List.of(Fleet.cancel("w0")))).containsExactly(new Outcome.Applied(List.of("w0")));
    }

    @Test
    void aRunThatAStrangerKeepsLockedIsWaitedForNoLongerThanATransactionMayStandStill() throws SQLException {
        lock("select from dbosj.workflow_status for update");
        assertContended(() -> db.apply(List.of(Fleet.record(new Owner("w0", 1), 0, "1"))));
        assertContended(() -> db.renew("e", List.of(new Owner("w0", 1))));

        stranger.rollback();
        assertThat(db.apply(List.of(Fleet.record(new Owner("w0", 1), 0, "1")))).containsExactly(Outcome.APPLIED);
    }

    @Test
    void whatADeadExecutorKeepsLockedIsNotWaitedForLongerThanItsTransactionsLive() throws SQLException {
        var gone = new ExecutorInfo("e", "app", Set.of(), Duration.ofSeconds(1), Instant.EPOCH, true);
        lock("select from dbosj.workflow_status for update");
        assertContended(() -> db.takeOver(gone, 10));

        stranger.rollback();
        assertThat(db.takeOver(gone, 10)).isEqualTo(1);
    }

    @Test
    void aClaimOfLongInputsKeepsNothingLockedWhenItsProcessIsStoppedBeforeItReadsThem() throws Exception {
        var input = "\"" + "x".repeat(64 << 10) + "\"";
        for (int i = 0; i < 10; i++) db.apply(List.of(Fleet.insert(longInputs("long " + i + " ", 40, input))));
        try (var wire = new Wire(url);
                var claimer = new PostgresProvider().open(wire.url(url), Time.system())) {
            claimer.join(Fleet.executor("claimer", Duration.ofSeconds(1)));
            assertThat(Fleet.claim(claimer, "claimer", 1)).hasSize(1);
            wire.judge(statements -> statements.toString().contains("claim_workflows") ? new Wire.Fate.Stop() : Wire.PASS);
            var lost = CompletableFuture.runAsync(() -> Fleet.claim(claimer, "claimer", 300));
            while (db.owned("claimer").size() < 301) Thread.sleep(10);

            var gone = new ExecutorInfo("claimer", "app", Set.of(), Duration.ofSeconds(1), Instant.EPOCH, true);
            assertThat(db.takeOver(gone, 1_000)).isEqualTo(301);
            assertThat(lost).isNotDone();
        }
        var claimed = db.claim(new ClaimRequest("e", Map.of("queue", 300), Set.of("work"))).workflows();
        assertThat(claimed).hasSize(300).allSatisfy(workflow -> assertThat(workflow.input()).isEqualTo(input));
    }

    private static NewWorkflow[] longInputs(String prefix, int count, String input) {
        return IntStream.range(0, count)
                .mapToObj(i -> new NewWorkflow(prefix + i, 1, "work", "queue", 0, input, null, null))
                .toArray(NewWorkflow[]::new);
    }

    /** Whoever takes over locks the executor and then its workflows: the other way round both would wait for each other. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoWaitsForAnExecutorHasLockedNoWorkflow(boolean outOfTheOrdinary) throws Exception {
        lock("select from dbosj.executors for update");
        var owner = new Owner("w0", 1);
        var child = new Checkpoint(0, "work", null, null, "child", Instant.EPOCH, Instant.EPOCH);
        var start = new Command(owner, child, new Effect.Insert(List.of(Fleet.workflow("child", "w0", "e")), false));
        var batch = outOfTheOrdinary ? List.of(start, joining("w0")) : List.of(start);
        var waiting = CompletableFuture.supplyAsync(() -> db.apply(batch));
        try (var another = DriverManager.getConnection(PostgresUrl.jdbc(url)); var statement = another.createStatement()) {
            while (!isSomebodyWaiting(another)) Thread.onSpinWait();
            statement.execute("select from dbosj.workflow_status where workflow_id = 'w0' for update nowait");
        }
        stranger.rollback();
        assertThat(waiting.get().getFirst()).isEqualTo(Outcome.APPLIED);
    }

    private static boolean isSomebodyWaiting(Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(
                        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")) {
            return rows.next();
        }
    }
}
