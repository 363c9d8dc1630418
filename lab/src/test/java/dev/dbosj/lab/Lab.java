package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One experiment: a folder with a database and a ledger, and the workers on it. It leaves nothing behind if it passed;
 * otherwise the folder is kept, and it says how to do the same again.
 */
final class Lab implements AutoCloseable {
    static final long SEED = Long.getLong("dbosj.lab.seed", System.nanoTime() % 1_000_000);
    static final int STOPS = Integer.getInteger("dbosj.lab.stops", 4);
    static final int KILLS = Integer.getInteger("dbosj.lab.kills", 66);

    /** How long anything may take that takes no time. A loaded machine may keep a new process waiting for a minute. */
    static final Duration SOON = Duration.ofMinutes(2);

    /** How long the work that is left over may take. */
    static final Duration LONG = Duration.ofSeconds(120);

    private static final Duration DEFAULT_LEASE = Duration.ofSeconds(30);

    private final String name;
    private final Path folder;
    private final Ledger ledger;
    private final List<WorkerProcess> workers = new CopyOnWriteArrayList<>();

    /** A stopped worker would not notice that the test has been killed. */
    private final Thread lastResort = new Thread(this::endWorkers);

    private int lives;
    private boolean passed;

    /** @param name of the test class and, behind a hash, of the experiment */
    Lab(String name) {
        this.name = name;
        try {
            folder = Path.of("target", "lab", name.replace('#', '-')).toAbsolutePath();
            delete(folder);
            Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        ledger = Ledger.append(folder.resolve("ledger.txt"), 0);
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    private void endWorkers() {
        workers.forEach(WorkerProcess::close);
    }

    Path folder() {
        return folder;
    }

    Path database() {
        return folder.resolve("lab.db");
    }

    Ledger ledger() {
        return ledger;
    }

    /** The database, while workers are running. */
    Tables tables() {
        return new Tables(database());
    }

    /**
     * The database, when no worker is running. A copy is read: whoever opens the file itself would repair it after a
     * crash, and that is what the next worker must do.
     */
    Tables copiedTables() {
        var copy = folder.resolve("copy.db");
        copy(database(), copy);
        copy(folder.resolve("lab.db-wal"), folder.resolve("copy.db-wal"));
        return new Tables(copy);
    }

    private static void copy(Path from, Path to) {
        try {
            Files.deleteIfExists(to);
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException none) {
            return; // a worker that died early has not made it yet, one that ended well has tidied it away
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What the next worker is to do. */
    Job job() {
        return new Job(database(), folder.resolve("ledger.txt"), lives + 1, DEFAULT_LEASE, "", false);
    }

    WorkerProcess start(Job job) {
        lives++;
        var worker = WorkerProcess.start(job, folder.resolve("log.txt"));
        workers.add(worker);
        return worker;
    }

    /** Kills a worker, and says so in the ledger once it has ended. */
    void kill(WorkerProcess worker) throws InterruptedException {
        worker.kill();
        ledger.fault(worker.pid(), "SIGKILL");
    }

    /** Waits until every workflow has ended. */
    void awaitIdle() throws InterruptedException {
        awaitIdle(tables());
    }

    static void awaitIdle(Tables tables) throws InterruptedException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (tables.number("select count(*) from workflow_status where completed_at is null") > 0) {
            assertThat(System.nanoTime()).as("time at which all workflows have ended").isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    /** Asks workers to end, and waits for it. */
    static void end(WorkerProcess... workers) throws IOException, InterruptedException {
        for (var worker : workers) worker.signal("TERM");
        for (var worker : workers) assertThat(worker.awaitExit(SOON)).isEqualTo(WorkerProcess.TERMINATED);
    }

    /** Everything was as promised. */
    void passed(String figures) {
        passed = true;
        System.out.println(figures);
    }

    @Override
    public void close() {
        endWorkers();
        Runtime.getRuntime().removeShutdownHook(lastResort);
        ledger.close();
        if (passed) delete(folder);
        else System.out.printf("""
                Kept %s with the database, the ledger and the log of the workers. To do the same again:
                  ./mvnw verify -pl lab -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest='%s' \
                      -Ddbosj.lab.seed=%d -Ddbosj.lab.kills=%d -Ddbosj.lab.stops=%d
                """, folder, name, SEED, KILLS, STOPS);
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) return;
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
