package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOSClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One experiment: a folder with a database and a ledger, and the workers on it. It leaves nothing behind if it passed;
 * otherwise the folder is kept, and it says how to do the same again.
 */
final class Lab implements AutoCloseable {
    static final long SEED = Long.getLong("dbosj.seed", System.nanoTime() % 1_000_000);

    /** How long anything may take that takes no time. A loaded machine may keep a new process waiting for a minute. */
    static final Duration SOON = Duration.ofMinutes(2);

    /** How long the work that is left over may take. */
    static final Duration LONG = Duration.ofSeconds(120);

    private final String name;
    private final Store store;
    private final Path folder;
    private final LabDatabase database;
    private final Ledger ledger;
    private final List<WorkerProcess> workers = new CopyOnWriteArrayList<>();

    /** A stopped worker would not notice that the test has been killed. */
    private final Thread lastResort = new Thread(this::endWorkers);

    private int lives;
    private boolean passed;

    /** @param name of the test class and, behind a hash, of the experiment */
    Lab(String name, Store store) {
        this.name = name;
        this.store = store;
        try {
            folder = Path.of("target", "lab", name.replace('#', '-') + "-" + store).toAbsolutePath();
            delete(folder);
            Files.createDirectories(folder);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        ledger = Ledger.append(folder.resolve("ledger.txt"), 0);
        database = store.open(folder);
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    private void endWorkers() {
        workers.forEach(WorkerProcess::close);
    }

    Path folder() {
        return folder;
    }

    Ledger ledger() {
        return ledger;
    }

    /** The database, while workers are running. */
    Tables tables() {
        return database.tables();
    }

    /** The database, when no worker is running. */
    Tables tablesAtRest() {
        return database.tablesAtRest();
    }

    LabDatabase database() {
        return database;
    }

    /** Somebody who works on nothing. */
    DBOSClient client() {
        return DBOSClient.connect(database.url(0));
    }

    /** Keeps everybody from writing, until it is closed. */
    AutoCloseable lockOutWriters() throws Exception {
        return database.lockOutWriters();
    }

    /** What the database has seen, where it can watch. */
    Optional<Witness> witness() {
        return database.witness();
    }

    /** What the next worker is to do. */
    Job job() {
        return new Job(
                database.url(lives + 1), folder.resolve("ledger.txt"), lives + 1, store.lease(), "", false);
    }

    WorkerProcess start(Job job) {
        lives++;
        var worker = WorkerProcess.start(job, folder.resolve("log.txt"));
        workers.add(worker);
        return worker;
    }

    /** Kills a worker, and says so in the ledger once it has ended. */
    void kill(WorkerProcess worker) throws InterruptedException {
        ledger.doomed(worker.pid());
        worker.kill();
        ledger.fault(worker.pid(), "SIGKILL");
    }

    /** Stops a worker, and says so in the ledger once no thread of it runs. */
    void stop(WorkerProcess worker) throws IOException, InterruptedException {
        worker.stop();
        ledger.stopped(worker.pid());
    }

    /** Lets a stopped worker go on. */
    void goOn(WorkerProcess worker) throws IOException, InterruptedException {
        ledger.continued(worker.pid());
        worker.signal("CONT");
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
        if (!passed) keep();
        database.close();
        if (passed) delete(folder);
    }

    private void keep() {
        try {
            var tables = tablesAtRest();
            if (tables.exists()) Files.write(folder.resolve("tables.txt"), tables.everything());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        System.out.printf("""
                Kept %s with the database, the ledger and the log of the workers. To do the same again:
                  ./mvnw verify -pl reliability -am -Dsurefire.failIfNoSpecifiedTests=false -Dtest='%s' \
                      -Ddbosj.lab.store=%s -Ddbosj.seed=%d -Ddbosj.seconds=%d
                """, folder, name, store, SEED, Course.granted());
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
