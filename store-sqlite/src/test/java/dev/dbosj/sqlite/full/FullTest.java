package dev.dbosj.sqlite.full;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.exceptions.ResultTimeoutException;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.sqlite.SqliteProvider;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.NewWorkflow;
import dev.dbosj.store.Owner;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When there is no more room, what was acknowledged stays, what was not is refused, and work goes on once there is room. */
@Tag("T12")
@Timeout(60)
class FullTest {
    private static final int MEGABYTES = 2;
    private static final int WORKFLOWS = 50;
    private static final String OUTPUT = "\"" + "x".repeat(4_000) + "\"";

    @TempDir
    Path folder;

    /** What fills the disk and makes room again. */
    private interface Room {
        void end() throws Exception;

        void more() throws Exception;
    }

    @Test
    void whatWasAcknowledgedStaysAndWorkGoesOnWhenAFileMayGrowAgain() throws Exception {
        var path = folder.resolve("full.db");
        try (var database = open(path)) {
            var room = new Room() {
                @Override
                public void end() throws Exception {
                    pages(database, pagesOf(path) + 40);
                }

                @Override
                public void more() {} // the store has replaced the connection that failed, and the setting went with it
            };
            fill("pages", path, database, room, count -> count);
        }
    }

    @Test
    void whatWasAcknowledgedStaysAndWorkGoesOnWhenADiskHasRoomAgain() throws Exception {
        var disk = Files.createDirectory(folder.resolve("disk"));
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=" + MEGABYTES + "m", "tmpfs", disk.toString());
        if (!mounted) System.out.println("FULL disk skipped: this user may not mount one");
        Assumptions.assumeTrue(mounted);
        try (var database = open(disk.resolve("full.db"))) {
            var room = new Room() {
                @Override
                public void end() {}

                @Override
                public void more() throws Exception {
                    assertThat(run("mount", "-o", "remount,size=" + 20 * MEGABYTES + "m", disk.toString())).isTrue();
                }
            };
            fill("disk", disk.resolve("full.db"), database, room, count -> count);
            workflowsGoOn(disk);
        } finally {
            assertThat(run("umount", disk.toString())).isTrue();
        }
    }

    static final class Work {
        final CountDownLatch gate = new CountDownLatch(1);
        final AtomicInteger bodies = new AtomicInteger();

        @Workflow
        String work(int n) throws InterruptedException {
            DBOS.runStep("first", () -> gate.await());
            return DBOS.runStep("second", () -> OUTPUT + bodies.incrementAndGet()).substring(0, 1);
        }
    }

    /** While a runtime is running the disk fills up, and has room again. */
    private static void workflowsGoOn(Path disk) throws Exception {
        var work = new Work();
        var hog = disk.resolve("hog");
        var config = DBOSConfig.named("full").databaseUrl("sqlite:" + disk.resolve("work.db")).shutdownHook(false);
        try (var dbos = DBOS.launch(config, work)) {
            dbos.registerQueue(WorkflowQueue.named("queue"));
            var handles = dbos.enqueueAll("queue", work::work, IntStream.range(0, WORKFLOWS).boxed().toList());
            fillUp(hog);
            work.gate.countDown();
            assertThatThrownBy(() -> handles.getLast().getResult(Duration.ofSeconds(1))).isInstanceOf(ResultTimeoutException.class);
            Files.delete(hog);
            for (var handle : handles) assertThat(handle.getResult()).isEqualTo("\"");
            assertThat(work.bodies).as("bodies of steps, each once").hasValue(WORKFLOWS);
        }
        System.out.printf("FULL runtime, workflows %d, ended %d, steps repeated 0, resumed 1%n", WORKFLOWS, WORKFLOWS);
    }

    private static void fillUp(Path hog) throws IOException {
        try (var file = Files.newOutputStream(hog)) {
            while (true) file.write(new byte[1 << 10]);
        } catch (IOException full) {
            assertThat(Files.size(hog)).isPositive();
        }
    }

    /** A store that acknowledges what it could not write is what this test is to find. */
    @Test
    @Tag("canary")
    void anAcknowledgementOfWhatWasNotWrittenIsNoticed() throws Exception {
        var path = folder.resolve("full.db");
        try (var database = open(path)) {
            var room = new Room() {
                @Override
                public void end() throws Exception {
                    pages(database, pagesOf(path) + 10);
                }

                @Override
                public void more() {} // the store has replaced the connection that failed, and the setting went with it
            };
            assertThatThrownBy(() -> fill("canary", path, database, room, count -> count + 1))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("acknowledged");
        }
        System.out.println("FULL canary acknowledged without a write caught 1");
    }

    private interface Acknowledging {
        int of(int count);
    }

    private static void fill(String kind, Path path, SystemDatabase database, Room room, Acknowledging acknowledging) throws Exception {
        int acknowledged = 0;
        room.end();
        SystemDatabaseException full = null;
        while (full == null) {
            assertThat(acknowledged).as("what fits").isLessThan(100_000);
            try {
                commit(database, acknowledged);
                acknowledged++;
            } catch (SystemDatabaseException failure) {
                full = failure;
            }
        }
        assertThat(full.kind()).as(full.getMessage())
                .isIn(SystemDatabaseException.Kind.UNAVAILABLE, SystemDatabaseException.Kind.UNKNOWN_OUTCOME);
        assertThat(acknowledged).isPositive();
        int counted = acknowledging.of(acknowledged);
        var present = present(database);
        assertThat(present).as("acknowledged").containsAll(IntStream.range(0, counted).mapToObj(i -> "w-" + i).toList());
        assertThat(integrity(path)).isEqualTo("ok");

        room.more();
        commit(database, 1_000_000);
        assertThat(present(database)).contains("w-1000000");
        assertThat(integrity(path)).isEqualTo("ok");
        System.out.printf("FULL %s, acknowledged %d, present %d, integrity ok, resumed 1%n", kind, acknowledged, present.size());
    }

    private static SystemDatabase open(Path path) {
        var database = new SqliteProvider().open("sqlite:" + path, Time.system());
        database.migrate();
        database.join(new ExecutorInfo("e", "full", Set.of("work"), Duration.ofMinutes(1), Instant.EPOCH, false));
        return database;
    }

    private static void commit(SystemDatabase database, int i) {
        var id = "w-" + i;
        var row = new NewWorkflow(id, i, "work", "queue", 0, "{\"positionalArgs\":[]}", null, "e");
        var checkpoint = new Checkpoint(0, "step", OUTPUT, null, null, Instant.EPOCH, Instant.EPOCH);
        database.apply(List.of(
                new Command(null, null, new Effect.Insert(List.of(row), true)),
                new Command(new Owner(id, 1), checkpoint, Effect.NOTHING)));
    }

    private static List<String> present(SystemDatabase database) {
        return database.workflows(WorkflowFilter.all().limit(100_000).payloads(false)).stream().map(it -> it.workflowId()).toList();
    }

    private static String integrity(Path path) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + path.toUri());
                var statement = connection.createStatement();
                var rows = statement.executeQuery("pragma integrity_check")) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static int pagesOf(Path path) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + path.toUri());
                var statement = connection.createStatement();
                var rows = statement.executeQuery("pragma page_count")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** A setting of the connection, which the store does not offer. */
    private static void pages(SystemDatabase database, int most) throws ReflectiveOperationException {
        var session = field(field(database, "connections"), "writer");
        var execute = session.getClass().getDeclaredMethod("execute", String.class);
        execute.setAccessible(true);
        execute.invoke(session, "pragma max_page_count = " + most);
    }

    private static Object field(Object owner, String name) throws ReflectiveOperationException {
        var field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException none) {
            return false;
        }
    }
}
