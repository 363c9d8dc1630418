package dev.dbosj.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one file: who lives, who waits how long, and what a killed one leaves behind. */
@Timeout(60)
class ProcessesTest {
    @TempDir
    Path folder;

    @Test
    void aStoppedProcessIsNotGoneAndAKilledOneIsAtOnce() throws Exception {
        try (var db = Worker.open(database());
                var other = OtherProcess.start(database(), "join", "e")) {
            assertThat(other.answer()).isEqualTo("joined");
            assertThat(member(db, "e").gone()).isFalse();
            other.signal("STOP");
            assertThat(member(db, "e").gone()).isFalse();
            assertThat(db.takeOver(member(db, "e"), 10)).isZero();
            other.signal("CONT");
            other.kill();

            assertThat(member(db, "e").gone()).isTrue();
            assertThat(db.takeOver(member(db, "e"), 10)).isEqualTo(1);
            assertThat(db.workflow("e").status()).isEqualTo(WorkflowState.ENQUEUED);
            assertThat(db.executors()).isEmpty();
        }
    }

    @Test
    void anExecutorThatClosedItsStoreIsGoneToOthers() throws Exception {
        try (var db = Worker.open(database());
                var other = OtherProcess.start(database(), "join", "e")) {
            assertThat(other.answer()).isEqualTo("joined");
            other.proceed();
            assertThat(other.lastAnswers()).isEmpty();
            assertThat(member(db, "e").gone()).isTrue();
        }
    }

    @Test
    void anExecutorThatCouldNotLeaveIsNotGoneWhileItsProcessLives() throws Exception {
        try (var db = Worker.open(database())) {
            db.join(Worker.executor("stuck"));
            db.apply(List.of(Worker.inserting("id", "stuck")));
            db.leave("stuck");
        }
        assertThat(seenByOthers()).containsExactly("stuck alive");
    }

    @Test
    void executorsOfOneProcessDoNotLoseTheirLocksWhenAnotherStoreOfItCloses() throws Exception {
        try (var first = Worker.open(database())) {
            first.join(Worker.executor("first"));
            try (var second = Worker.open(database())) {
                second.join(Worker.executor("second"));
                assertThat(first.executors()).extracting(ExecutorInfo::gone).containsOnly(false).hasSize(2);
            }
            assertThat(seenByOthers()).containsExactly("first alive", "second gone");
            assertThat(member(first, "second").gone()).isTrue();
        }
        assertThat(seenByOthers()).containsExactly("first gone", "second gone");
    }

    @Test
    void anInterruptedThreadThatLooksAroundLosesNoLock() throws Exception {
        try (var db = Worker.open(database())) {
            Thread.currentThread().interrupt();
            db.join(Worker.executor("e"));
            db.tick("e", true);
            assertThat(db.executors()).hasSize(1);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(seenByOthers()).containsExactly("e alive");
        }
    }

    private List<String> seenByOthers() throws Exception {
        try (var other = OtherProcess.start(database(), "look")) {
            return other.lastAnswers();
        }
    }

    @Test
    void whoeverWantsToWriteWaitsForOneOrTwoTurnsOfABusyProcess() throws Exception {
        Worker.open(database()).close();
        try (var file = DatabaseFile.open(database());
                var connections = new SqliteConnections(file);
                var busy = OtherProcess.start(database(), "commit")) {
            assertThat(busy.answer()).isEqualTo("warm");
            var turns = new int[300];
            for (int i = 0; i < turns.length; i++) {
                int before = connections.read("count", ProcessesTest::countCommits);
                turns[i] = connections.write("count", ProcessesTest::countCommits) - before;
                Thread.sleep(2); // so that it is busy again
            }
            busy.proceed();
            Arrays.sort(turns);

            // In time, on a quiet machine: 0.4 ms, at most 3. SQLite alone makes the same wait for thousands of turns.
            assertThat(turns[150]).as("median").isLessThanOrEqualTo(2);
            assertThat(turns[270]).as("nine of ten").isLessThanOrEqualTo(5);
            assertThat(Integer.parseInt(busy.answer())).as("turns of the busy one").isGreaterThan(turns.length);
        }
    }

    private static Integer countCommits(Session session) throws SQLException {
        return session.first(
                "select max(step) from operation_outputs where workflow_sequence = 1", row -> row.getInt(1));
    }

    @Test
    void whatAKilledProcessWasPromisedIsThereAndTheFileIsWhole() throws Exception {
        for (int round = 0; round < 4; round++) {
            var name = "round" + round;
            int acknowledged = -1;
            try (var other = OtherProcess.start(database(), "load", name)) {
                for (int i = 0; i < 30 + 7 * round; i++) acknowledged = Integer.parseInt(other.answer());
                other.kill();
                for (var late : other.lastAnswers()) if (!late.isEmpty()) acknowledged = Integer.parseInt(late);
            }
            assertThat(integrity()).isEqualTo("ok");
            try (var db = Worker.open(database())) {
                var found = db.workflows(WorkflowFilter.all().idPrefix(name + "-").limit(100_000).payloads(false));
                assertThat(found.size() % Worker.BATCH).as("whole batches").isZero();
                assertThat(found.size() / Worker.BATCH).isBetween(acknowledged + 1, acknowledged + 2);
                assertThat(db.history(Map.of(name + "-" + acknowledged + "-0", 0), 10)).allSatisfy(
                        (id, page) -> assertThat(page.checkpoints()).hasSize(1));
                assertThat(db.takeOver(member(db, name), 1_000_000)).isEqualTo(found.size());
            }
        }
    }

    private String integrity() throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database());
                var statement = connection.createStatement();
                var row = statement.executeQuery("pragma integrity_check")) {
            return row.getString(1);
        }
    }

    @Test
    void anInterruptNeitherEndsTheWaitForATurnNorGetsLost() throws Exception {
        try (var db = Worker.open(database());
                var other = OtherProcess.start(database(), "enter")) {
            assertThat(other.answer()).isEqualTo("entered");
            var interrupted = new CompletableFuture<Boolean>();
            var writer = Thread.ofPlatform().start(() -> {
                Thread.currentThread().interrupt();
                db.apply(List.of(Worker.inserting("w", null)));
                interrupted.complete(Thread.interrupted());
            });
            for (int i = 0; i < 20; i++) {
                writer.interrupt();
                Thread.sleep(5);
            }
            assertThat(interrupted).isNotDone();
            assertThat(db.workflow("w")).isNull();
            other.proceed();

            assertThat(interrupted.get()).isTrue();
            assertThat(db.workflow("w")).isNotNull();
        }
    }

    private static ExecutorInfo member(SystemDatabase db, String executorId) {
        return db.executors().stream().filter(one -> one.executorId().equals(executorId)).findFirst().orElseThrow();
    }

    private Path database() {
        return folder.resolve("test.db");
    }
}
