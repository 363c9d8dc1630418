package dev.dbosj.sqlite.power;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.sqlite.SqliteProvider;
import dev.dbosj.store.HistoryPage;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is recorded while it commits; from its writes and syncs the files are rebuilt as a power cut could leave
 * them after each of its operations. The store opens every one of them, and all that was acknowledged is there.
 */
@Tag("T6")
@Timeout(300)
class PowerTest {
    static final String NAME = "power.db";

    private static final boolean LONG = "true".equals(System.getenv("CI"));
    private static final int SECONDS = Integer.getInteger("dbosj.seconds", LONG ? 10 : 1);
    private static final long SEED = Long.getLong("dbosj.seed", System.nanoTime() % 1_000_000);
    private static final int COMMITS = 60;
    private static final int IMAGES_PER_ROUND = 100;

    @TempDir
    Path folder;

    /** In memory where there is such a folder: thousands of files are made, and each is synced. */
    private Path imageFolder;

    /** What was found in images. */
    private int images;
    private int corrupt;
    private int lost;
    private String first = "";

    @BeforeEach
    void makeImageFolder() throws IOException {
        var memory = Path.of("/dev/shm");
        imageFolder = Files.isWritable(memory) ? Files.createTempDirectory(memory, "dbosj-power") : folder.resolve("image");
        Files.createDirectories(imageFolder);
    }

    @AfterEach
    void deleteImageFolder() throws IOException {
        try (var files = Files.list(imageFolder)) {
            for (var file : files.toList()) Files.delete(file);
        }
        Files.delete(imageFolder);
    }

    @Test
    void whatWasAcknowledgedSurvivesAPowerCut() throws Exception {
        rebuild(record());
        assertThat(first).as("-Ddbosj.seed=" + SEED).isEmpty();
        System.out.printf("POWER images %d, corrupt %d, acknowledged lost %d%n", images, corrupt, lost);
    }

    @Test
    @Tag("canary")
    void withoutASyncForEachCommitSomeIsLost() throws Exception {
        rebuild(record("normal"));
        assertThat(corrupt).isZero();
        assertThat(lost).as("lost with synchronous=normal").isPositive();
        System.out.printf("POWER canary normal caught, images %d, acknowledged lost %d%n", images, lost);
    }

    private Recording record(String... setting) throws Exception {
        var recorder = recorder();
        var database = folder.resolve(NAME);
        var record = folder.resolve("record");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), Writes.class.getName(),
                database.toString(), String.valueOf(COMMITS), String.valueOf(SEED)));
        command.addAll(List.of(setting));
        var builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("LD_PRELOAD", recorder.toString());
        builder.environment().put("POWER_RECORD", record.toString());
        assertThat(builder.start().waitFor()).isZero();
        var recording = Recording.read(record);
        assertThat(recording.acknowledged(recording.size())).isEqualTo(COMMITS);
        assertThat(recording.syncs()).isPositive();
        return recording;
    }

    private Path recorder() throws Exception {
        var source = folder.resolve("recorder.c");
        var library = folder.resolve("recorder.so");
        try (var text = PowerTest.class.getResourceAsStream("recorder.c")) {
            Files.copy(text, source, StandardCopyOption.REPLACE_EXISTING);
        }
        boolean compiled = compile(source, library);
        if (!compiled) System.out.println("POWER skipped: there is no gcc for Linux here");
        Assumptions.assumeTrue(compiled);
        return library;
    }

    private static boolean compile(Path source, Path library) throws InterruptedException {
        if (!System.getProperty("os.name").equals("Linux")) return false;
        try {
            var process = new ProcessBuilder(
                            "gcc", "-shared", "-fPIC", "-O1", "-o", library.toString(), source.toString(), "-ldl", "-lpthread")
                    .inheritIO()
                    .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("gcc").isZero();
            return true;
        } catch (IOException none) {
            return false;
        }
    }

    /** Again and again from the beginning, each time at some of the operations, until the time is over or one failed. */
    private void rebuild(Recording recording) throws Exception {
        var random = new Random(SEED);
        long end = System.nanoTime() + SECONDS * 1_000_000_000L;
        int stride = 1 + recording.size() / IMAGES_PER_ROUND;
        do {
            var disk = recording.new Disk();
            while (disk.step() && first.isEmpty())
                if (random.nextInt(stride) == 0) check(disk, recording.acknowledged(disk.position()), random);
        } while (first.isEmpty() && System.nanoTime() < end);
    }

    private void check(Recording.Disk disk, int acknowledged, Random random) throws IOException {
        var image = imageFolder;
        Files.deleteIfExists(image.resolve(NAME + "-shm"));
        disk.image(image, random);
        images++;
        try {
            var found = contents(image, acknowledged);
            if (found.equals("ok")) found = integrity(image);
            if (found.equals("ok")) return;
            if (found.startsWith("lost")) lost++;
            else corrupt++;
            note(image, disk, found);
        } catch (SQLException | SystemDatabaseException failure) {
            corrupt++;
            note(image, disk, failure.toString());
        }
    }

    private void note(Path image, Recording.Disk disk, String found) throws IOException {
        if (!first.isEmpty()) return;
        first = "after operation %d: %s".formatted(disk.position(), found);
        var kept = Files.createDirectories(Path.of("target", "power"));
        for (var name : List.of(NAME, NAME + "-wal"))
            if (Files.exists(image.resolve(name)))
                Files.copy(image.resolve(name), kept.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }

    /** By the store, and only what it shows: it is what has to find its way. */
    private static String contents(Path image, int acknowledged) {
        try (var database = new SqliteProvider().open("sqlite:" + image.resolve(NAME), Time.system())) {
            database.migrate();
            var ids = database.workflows(WorkflowFilter.all().limit(100_000).payloads(false)).stream()
                    .map(WorkflowStatus::workflowId)
                    .collect(Collectors.toSet());
            for (int i = 0; i < acknowledged; i++) if (!ids.contains(Writes.PREFIX + i)) return "lost workflow " + i;
            var steps = database.history(ids.stream().collect(Collectors.toMap(id -> id, id -> 0)), 10);
            for (var id : ids)
                if (steps.getOrDefault(id, HistoryPage.NONE).checkpoints().size() != 1) return "half of the commit of " + id;
            return "ok";
        }
    }

    /** After the store has found its way. */
    private static String integrity(Path image) throws SQLException {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + image.resolve(NAME));
                var statement = connection.createStatement();
                var rows = statement.executeQuery("pragma integrity_check")) {
            rows.next();
            return rows.getString(1);
        }
    }
}
