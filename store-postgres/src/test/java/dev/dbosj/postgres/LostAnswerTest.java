package dev.dbosj.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that break, and processes that stop, at the worst moments. */
@Tag("T5")
@Timeout(60)
class LostAnswerTest {
    private static final Duration LEASE = Duration.ofSeconds(1);

    private static int lost;

    private final String url = PostgresServer.freshDatabase();
    private final PostgresRelay relay = PostgresRelay.before(url);
    private SystemDatabase observer;
    private SystemDatabase db;

    @BeforeEach
    void open() {
        observer = new PostgresProvider().open(url, Time.system());
        observer.migrate();
        db = new PostgresProvider().open(Fleet.unpooled(relay.url()), Time.system());
        db.join(Fleet.executor("e", LEASE));
        db.apply(List.of(Fleet.insert("w", 1, "e")));
    }

    @AfterEach
    void close() {
        relay.close();
        db.close();
        observer.close();
    }

    @AfterAll
    static void print() {
        System.out.printf("LOST-ANSWER answers %d, outcomes guessed 0%n", lost);
    }

    private void loseNextAnswer() {
        relay.loseNextAnswer();
        lost++;
    }

    @Test
    void whatIsUnknownIsFoundOutByRenewingAndRepeating() {
        var owner = new Owner("w0", 1);
        for (int step = 0; step < 20; step++) {
            var lost = Fleet.record(owner, step, "1");
            loseNextAnswer();
            assertKind(() -> db.apply(List.of(lost)), Kind.UNKNOWN_OUTCOME);

            var renewed = db.renew("e", List.of(owner)).get(owner);
            assertThat(renewed).isEqualTo(new Owner("w0", owner.epoch() + 1));
            assertThat(db.apply(List.of(Fleet.record(renewed, step, "1")))).containsOnly(Outcome.APPLIED);
            owner = renewed;
        }
        assertThat(observer.history(Map.of("w0", 0), 100).get("w0").checkpoints()).hasSize(20);
    }

    @Test
    void theAnswerToAClaimOrACancellationIsUnknownTooWhenItIsLost() {
        assertThat(Fleet.claim(db, "e", 10)).isEmpty(); // so that the connection is there
        observer.apply(List.of(Fleet.insert("queued", 1, null)));

        loseNextAnswer();
        assertKind(() -> Fleet.claim(db, "e", 10), Kind.UNKNOWN_OUTCOME);
        assertThat(db.owned("e")).contains(new Owner("queued0", 1));
        assertThat(db.apply(List.of(Fleet.cancel("queued0"))).getFirst()).isInstanceOf(Outcome.Applied.class);
    }

    @Test
    void aReadWhoseAnswerIsLostCanJustBeRepeated() {
        loseNextAnswer();

        assertKind(() -> db.workflow("w0"), Kind.UNAVAILABLE);
        assertThat(db.workflow("w0")).isNotNull();
    }

    @Test
    void whoIsStoppedWhileSendingHoldsNoLocks() throws Exception {
        relay.stallInNextLargeMessage();
        var late = CompletableFuture.supplyAsync(
                () -> db.apply(List.of(Fleet.record(new Owner("w0", 1), 0, "\"" + "x".repeat(1 << 20) + "\""))));
        relay.awaitStall();

        assertThat(observer.takeOver(gone(), 10)).isEqualTo(1);
        relay.proceed();
        assertThat(late.get()).containsExactly(new Outcome.Fenced(2));
        assertThat(observer.history(Map.of("w0", 0), 10).get("w0").checkpoints()).isEmpty();
    }

    @Test
    void whoIsStoppedInATransactionLosesItLongBeforeTheLeaseEnds() throws Exception {
        db.apply(List.of(Fleet.cancel("w0"))); // so that the next batch is out of the ordinary
        relay.stallAfter(5); // the batch, begin, the settings, the locks, the clock
        var late = CompletableFuture.supplyAsync(() -> db.apply(List.of(Fleet.record(new Owner("w0", 1), 0, "1"))));
        relay.awaitStall();

        assertThat(observer.takeOver(gone(), 10)).isEqualTo(1);
        relay.proceed();
        assertThat(late).failsWithin(Duration.ofSeconds(10)).withThrowableThat()
                .havingCause().isInstanceOfSatisfying(
                        SystemDatabaseException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE));
        assertThat(observer.history(Map.of("w0", 0), 10).get("w0").checkpoints()).isEmpty();
    }

    @Test
    void whenAllConnectionsWereCutTheNextCallsMakeNewOnes() {
        try (var pooled = new PostgresProvider().open(url, Time.system())) {
            pooled.tick("e", true);
            for (int step = 0; step < 10; step++) {
                PostgresServer.execute(url, "select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where datname = current_database() and pid <> pg_backend_pid()");
                var batch = List.of(Fleet.record(new Owner("w0", 1), step, "1"));
                assertThat(eventually(() -> pooled.apply(batch))).containsOnly(Outcome.APPLIED);
                assertThat(eventually(() -> pooled.tick("e", true)).alive()).isTrue();
            }
            assertThat(eventually(() -> pooled.history(Map.of("w0", 0), 100)).get("w0").checkpoints()).hasSize(10);
        }
    }

    /** Repeats what a cut connection has kept from being done; each connection that is left can fail once. */
    private static <T> T eventually(Supplier<T> act) {
        for (int tries = 0; ; tries++) {
            try {
                return act.get();
            } catch (SystemDatabaseException failure) {
                assertThat(failure.kind()).isIn(Kind.UNAVAILABLE, Kind.UNKNOWN_OUTCOME);
                assertThat(tries).isLessThan(10);
            }
        }
    }

    @Test
    void whatTheDatabaseCannotStoreIsRefusedAndNothingOfItsBatchIsWritten() {
        var batch = List.of(
                Fleet.record(new Owner("w0", 1), 0, "1"), Fleet.record(new Owner("w0", 1), 1, "a null: \u0000"));

        assertKind(() -> db.apply(batch), Kind.REFUSED);
        assertThat(db.history(Map.of("w0", 0), 10).get("w0").checkpoints()).isEmpty();
    }

    private static ExecutorInfo gone() {
        var seen = Fleet.executor("e", LEASE);
        return new ExecutorInfo(seen.executorId(), seen.application(), seen.names(), LEASE, seen.heartbeat(), true);
    }

    private static void assertKind(Runnable act, Kind kind) {
        assertThatThrownBy(act::run).isInstanceOfSatisfying(
                SystemDatabaseException.class, failure -> assertThat(failure.kind()).isEqualTo(kind));
    }
}
