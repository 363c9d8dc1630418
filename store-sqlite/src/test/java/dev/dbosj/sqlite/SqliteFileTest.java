package dev.dbosj.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.ClaimRequest;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file itself: whose it is, what failures do to it, and what is left of it when it is closed. */
class SqliteFileTest {
    @TempDir
    Path folder;

    private Path database;

    @BeforeEach
    void nameTheFile() {
        database = folder.resolve("test.db");
    }

    @Test
    void allIsThereWhenTheFileIsOpenedAgain() {
        try (var db = Worker.open(database)) {
            db.join(Worker.executor("e"));
            insert(db, "id", "e");
            record(db, "id");
            var finish = new Effect.Finish(WorkflowState.SUCCESS, "1", null);
            db.apply(List.of(new Command(new Owner("id", 1), null, finish)));
        }
        try (var db = Worker.open(database)) {
            assertThat(db.workflow("id").output()).isEqualTo("1");
            assertThat(db.history(Map.of("id", 0), 10).get("id").checkpoints()).hasSize(1);
        }
    }

    @Test
    void aCommitIsOnDiskBeforeItIsAcknowledged() throws Exception {
        Worker.open(database).close();
        try (var file = DatabaseFile.open(database);
                var connections = new SqliteConnections(file)) {
            assertThat(pragma(connections, "synchronous")).as("full").isEqualTo("2");
            assertThat(pragma(connections, "journal_mode")).isEqualTo("wal");
        }
    }

    @Test
    void aReadCannotWrite() throws Exception {
        Worker.open(database).close();
        try (var file = DatabaseFile.open(database);
                var connections = new SqliteConnections(file)) {
            assertKind(
                    () -> connections.read("cheat", session -> session.update("delete from workflow_status")),
                    Kind.UNAVAILABLE);
        }
    }

    @Test
    void manyThreadsAndSeveralStoresOfOneProcessShareTheFile() throws Exception {
        try (var first = Worker.open(database);
                var second = Worker.open(Files.createSymbolicLink(folder.resolve("link.db"), database));
                var threads = Executors.newFixedThreadPool(6)) {
            var work = IntStream.range(0, 6)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> {
                        var db = i % 2 == 0 ? first : second;
                        for (int k = 0; k < 30; k++) {
                            insert(db, "w" + i + "-" + k, null);
                            assertThat(db.workflow("w" + i + "-" + k)).isNotNull();
                        }
                    }, threads))
                    .toArray(CompletableFuture[]::new);
            CompletableFuture.allOf(work).get();
            assertThat(second.workflows(WorkflowFilter.all().limit(1_000))).hasSize(180);
        }
    }

    @Test
    void manyCanCreateTheSameFileAtOnce() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            var opened = IntStream.range(0, 4)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> Worker.open(database), threads))
                    .toList();
            for (int i = 0; i < 4; i++) insert(opened.get(i).get(), "w" + i, null);
            assertThat(opened.get(0).get().workflows(WorkflowFilter.all())).hasSize(4);
            for (var store : opened) store.get().close();
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedAndLeftAlone() throws Exception {
        var text = "this is the user's diary, not a database. ".repeat(100);
        Files.writeString(database, text);

        assertUnusable(() -> Worker.open(database), "no SQLite database");
        assertThat(database).hasContent(text);
    }

    @Test
    void theDatabaseOfAnotherProgramIsRefusedAndLeftAlone() throws Exception {
        sql("create table bookmarks (url text)");
        var before = Files.readAllBytes(database);

        assertUnusable(() -> Worker.open(database), "another program");
        assertThat(database).hasBinaryContent(before);
    }

    @Test
    void aNewerSchemaIsRefused() throws Exception {
        Worker.open(database).close();
        sql("pragma user_version = 99");

        assertUnusable(() -> Worker.open(database), "newer dbosj");
    }

    @Test
    void aDatabaseThatWasNotMigratedSaysSo() {
        try (var db = new SqliteProvider().open("sqlite:" + database, Time.system())) {
            assertUnusable(() -> db.workflow("id"), "migrate");
        }
    }

    @Test
    void dataThatCannotBeStoredRefusesTheWholeBatchAndNothingElse() {
        try (var db = Worker.open(database)) {
            db.join(Worker.executor("e"));
            insert(db, "id", "e");
            var bad = new Checkpoint(1, null, "1", null, null, null, null);
            var batch = List.of(
                    Worker.inserting("new", null),
                    new Command(new Owner("id", 1), bad, Effect.NOTHING));

            assertKind(() -> db.apply(batch), Kind.REFUSED);
            assertThat(db.workflow("new")).isNull();
            record(db, "id");
        }
    }

    @Test
    void aCommitThatFailsIsRolledBack() throws Exception {
        Worker.open(database).close();
        try (var file = DatabaseFile.open(database);
                var connections = new SqliteConnections(file)) {
            assertKind(() -> connections.write("break a promise", session -> {
                session.execute("commit");
                session.execute("pragma foreign_keys = on");
                session.execute("begin immediate");
                session.execute("create table parent (id integer primary key)");
                session.execute("create table child (id integer references parent (id) deferrable initially deferred)");
                return session.update("insert into child values (1)"); // found out by the commit
            }), Kind.REFUSED);
            boolean isThere = connections.read(
                    "look", session -> session.any("select 1 from sqlite_master where name = 'child'"));
            assertThat(isThere).isFalse();
            connections.write("go on", session -> session.update("delete from queues"));
        }
    }

    @Test
    void aFullDiskIsAPause() throws Exception {
        try (var db = Worker.open(database);
                var file = DatabaseFile.open(database);
                var connections = new SqliteConnections(file)) {
            db.join(Worker.executor("e"));
            assertKind(() -> connections.write("fill the disk", session -> {
                session.execute("pragma max_page_count = 1");
                for (int i = 0; i < 1_000; i++) session.update("update executors set names = names || names");
                return null;
            }), Kind.UNAVAILABLE);
            int updated = connections.write("go on", session -> session.update("update executors set heartbeat = 1"));
            assertThat(updated).isEqualTo(1);
            assertThat(db.executors().getFirst().names()).containsExactly("work");
        }
    }

    @Test
    void aFileThatAnotherProgramKeepsLockedIsAPause() throws Exception {
        try (var db = Worker.open(database);
                var file = DatabaseFile.open(database);
                var connections = new SqliteConnections(file);
                var stranger = DriverManager.getConnection("jdbc:sqlite:" + database);
                var statement = stranger.createStatement()) {
            connections.write("be impatient", session -> {
                session.execute("pragma busy_timeout = 0");
                return null;
            });
            statement.execute("begin immediate");
            assertKind(
                    () -> connections.write("write", session -> session.update("delete from queues")),
                    Kind.UNAVAILABLE);
            assertThat(db.queues()).isEmpty();
            statement.execute("rollback");
            connections.write("write", session -> session.update("delete from queues"));
        }
    }

    @Test
    void afterItsCloseAStoreSaysThatItIsClosed() {
        var db = Worker.open(database);
        var open = Worker.open(database);
        db.close();
        db.close();

        assertUnusable(() -> db.workflow("id"), "closed");
        assertUnusable(() -> insert(db, "id", null), "closed");
        insert(open, "id", null);
        open.close();
        assertUnusable(() -> insert(open, "id", null), "closed");
    }

    @Test
    void closingLeavesNothingOpen() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")));
        try (var db = Worker.open(database)) {
            db.join(Worker.executor("e"));
            insert(db, "id", "e");
            db.workflow("id");
            assertThat(openFiles()).isNotEmpty();
        }
        assertThat(openFiles()).isEmpty();
        assertThat(folder.resolve("test.db-wal")).doesNotExist();
    }

    private List<String> openFiles() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(Files::isSymbolicLink)
                    .map(SqliteFileTest::target)
                    .filter(target -> target.startsWith(folder.toString()))
                    .toList();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException gone) {
            return ""; // the one with which the folder was listed
        }
    }

    @Test
    void anIdleClaimWritesNothing() throws Exception {
        try (var db = Worker.open(database)) {
            db.join(Worker.executor("e"));
            insert(db, "other name", null);
            long before = Files.size(folder.resolve("test.db-wal"));
            for (int i = 0; i < 100; i++)
                assertThat(db.claim(new ClaimRequest("e", Map.of("queue", 10, "q", 1), Set.of("unknown"))).workflows()).isEmpty();
            assertThat(Files.size(folder.resolve("test.db-wal"))).isEqualTo(before);
        }
    }

    @Test
    void theLogStaysSmallUnderSteadyLoadWithReaders() throws Exception {
        try (var db = Worker.open(database);
                var readers = Executors.newFixedThreadPool(2)) {
            db.join(Worker.executor("e"));
            insert(db, "id", "e");
            var stop = new CompletableFuture<Void>();
            for (int i = 0; i < 2; i++)
                readers.execute(() -> {
                    while (!stop.isDone()) db.history(Map.of("id", 0), 200);
                });
            long largest = 0;
            var output = "\"" + "x".repeat(20_000) + "\"";
            for (int step = 0; step < 8_000; step += 20) {
                int from = step;
                db.apply(IntStream.range(from, from + 20)
                        .mapToObj(n -> new Command(
                                new Owner("id", 1),
                                new Checkpoint(n, "s", output, null, null, null, null),
                                Effect.NOTHING))
                        .toList());
                largest = Math.max(largest, Files.size(folder.resolve("test.db-wal")));
            }
            stop.complete(null);
            assertThat(Files.size(database)).as("much was written").isGreaterThan(140_000_000);
            // 32 MiB, unless a reader was held up again and again for longer than the writer has patience.
            assertThat(largest).as("and the log never held much of it").isLessThan(110_000_000);
        }
    }

    private static String pragma(SqliteConnections connections, String name) {
        return connections.write("look", session -> session.first("pragma " + name, row -> row.getString(1)));
    }

    private static void insert(SystemDatabase db, String id, String executorId) {
        assertThat(db.apply(List.of(Worker.inserting(id, executorId)))).containsExactly(Outcome.APPLIED);
    }

    private static void record(SystemDatabase db, String id) {
        var checkpoint = new Checkpoint(0, "step", "1", null, null, null, null);
        assertThat(db.apply(List.of(new Command(new Owner(id, 1), checkpoint, Effect.NOTHING))))
                .containsExactly(Outcome.APPLIED);
    }

    private void sql(String statement) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + database);
                var one = connection.createStatement()) {
            one.execute(statement);
        }
    }

    private static void assertUnusable(ThrowingCallable act, String saying) {
        assertKind(act, Kind.UNUSABLE);
        assertThatThrownBy(act).hasMessageContaining(saying);
    }

    private static void assertKind(ThrowingCallable act, Kind kind) {
        assertThatThrownBy(act).isInstanceOfSatisfying(
                SystemDatabaseException.class, failure -> assertThat(failure.kind()).isEqualTo(kind));
    }
}
