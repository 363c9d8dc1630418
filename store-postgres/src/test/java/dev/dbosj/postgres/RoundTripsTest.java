package dev.dbosj.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.store.Awaited;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often the server is waited for, exactly. */
class RoundTripsTest {
    private final String url = PostgresServer.freshDatabase();
    private final PostgresRelay relay = PostgresRelay.before(url);
    private SystemDatabase db;

    @BeforeEach
    void open() {
        db = new PostgresProvider().open(Fleet.unpooled(relay.url()), Time.system());
        db.migrate();
        Fleet.join(db, "e");
    }

    @AfterEach
    void close() {
        db.close();
        relay.close();
    }

    @Test
    void aBatchIsOneRoundTripAndOneTransaction() throws SQLException {
        db.apply(List.of(Fleet.insert("w", 500, "e")));
        var batch = new ArrayList<Command>();
        for (int i = 0; i < 500; i++) {
            var owner = new Owner("w" + i, 1);
            batch.add(Fleet.record(owner, 0, "1"));
            batch.add(new Command(owner, null, new Effect.SetEvent("progress", "1")));
            batch.add(new Command(null, null, new Effect.Send(owner.workflowId(), "m", "", "1")));
            batch.add(new Command(owner, Fleet.checkpoint(1, null), new Effect.Insert(
                    List.of(Fleet.workflow("child of " + i, owner.workflowId(), null)), false)));
            batch.add(i % 2 == 0
                    ? Fleet.finish(owner)
                    : new Command(owner, null, new Effect.Release(null, false)));
        }

        assertThat(roundTrips(() -> assertThat(db.apply(batch)).containsOnly(Outcome.APPLIED))).isEqualTo(1);
        assertThat(number("select count(distinct xmin::text) from (select xmin from dbosj.operation_outputs"
                + " union all select xmin from dbosj.workflow_events"
                + " union all select xmin from dbosj.workflow_status) written")).isEqualTo(1);
    }

    @Test
    void allThatIsRoutineIsOneRoundTrip() {
        db.apply(List.of(Fleet.insert("w", 1_000, null)));

        assertThat(roundTrips(() -> assertThat(Fleet.claim(db, "e", 1_000)).hasSize(1_000))).as("claim").isEqualTo(1);
        assertThat(roundTrips(() -> assertThat(Fleet.claim(db, "e", 1_000)).isEmpty())).as("idle claim").isEqualTo(1);
        assertThat(roundTrips(() -> db.tick("e", true))).as("heartbeat").isEqualTo(1);
        assertThat(roundTrips(() -> db.tick("e", false))).as("tick").isEqualTo(1);
        assertThat(roundTrips(() -> db.history(Map.of("w1", 0, "w2", 0), 100))).as("history").isEqualTo(1);
        assertThat(roundTrips(() -> db.arrivals(List.of(
                new Awaited.Result("w1"), new Awaited.Event("w1", "a"), new Awaited.Event("w2", "b"),
                new Awaited.Message("w1", "")))))
                .as("arrivals").isEqualTo(1);
    }

    @Test
    void aBatchWithSomethingOutOfTheOrdinaryCostsAFewRoundTripsNotOneForEachCommand() {
        db.apply(List.of(Fleet.insert("w", 1_000, "e")));
        var batch = new ArrayList<Command>();
        for (int i = 0; i < 1_000; i++) batch.add(Fleet.record(new Owner("w" + i, i == 500 ? 7 : 1), 0, "1"));

        assertThat(roundTrips(() -> assertThat(db.apply(batch)).contains(new Outcome.Fenced(1))))
                .isLessThanOrEqualTo(20);
    }

    @Test
    void cancellingALargeFamilyDoesNotCostARoundTripForEachMember() {
        var children = IntStream.range(0, 10_000)
                .mapToObj(i -> Fleet.workflow("child " + i, "parent", null))
                .toArray(NewWorkflow[]::new);
        db.apply(List.of(Fleet.insert(Fleet.workflow("parent", null, null))));
        db.apply(List.of(Fleet.insert(children)));

        assertThat(roundTrips(() -> assertThat(db.apply(List.of(Fleet.cancel("parent")))).first()
                        .isInstanceOfSatisfying(Outcome.Applied.class, it -> assertThat(it.ids()).hasSize(10_001))))
                .isLessThan(100);
    }

    @Test
    void takingOverManyWorkflowsDoesNotCostARoundTripForEach() {
        db.apply(List.of(Fleet.insert("w", 1_000, "e")));
        var dead = new ExecutorInfo(
                "e", "app", Set.of(), Duration.ZERO, Instant.EPOCH, true);

        assertThat(roundTrips(() -> assertThat(db.takeOver(dead, 1_000)).isEqualTo(1_000))).isLessThanOrEqualTo(20);
    }

    private int roundTrips(Runnable act) {
        int before = relay.roundTrips();
        act.run();
        return relay.roundTrips() - before;
    }

    private long number(String query) throws SQLException {
        try (var connection = DriverManager.getConnection(PostgresUrl.jdbc(url));
                var row = connection.createStatement().executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
