package dev.dbosj.lab;

import static dev.dbosj.lab.Entry.Kind.ACCEPTED;
import static dev.dbosj.lab.Entry.Kind.BEGIN;
import static dev.dbosj.lab.Entry.Kind.END;
import static dev.dbosj.lab.Entry.Kind.FAIL;
import static dev.dbosj.lab.Entry.Kind.INTERRUPTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An audit that finds nothing proves nothing: each broken promise of a queue is found. */
class FlowAuditTest {
    private static final long ONE = 1;
    private static final long OTHER = 2;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    @TempDir
    Path folder;

    private Ledger ledger;
    private Tables tables;
    private int workflows;
    private long now = SECOND;

    @BeforeEach
    void makeTables() {
        ledger = Ledger.append(folder.resolve("ledger.txt"), 1);
        tables = new Tables(this::connect);
        tables.change("""
                create table workflow_status (
                    sequence integer, workflow_id, queue_name, partition_key, status, input, output, owner_epoch,
                    priority, created_at, started_at, completed_at, executor_id)
                """);
        tables.change("create table workflow_attempts (workflow_sequence, number, attempt, dead, error)");
        tables.change("create table queue_depths (depth)");
        tables.change("create table queue_depth_changes (change)");
        tables.change("create table workflow_keys (key)");
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tables.db"));
    }

    private void workflow(String id, String queue, String status, int argument) {
        workflow(id, queue, status, argument, 0, 0, 0);
    }

    private void workflow(
            String id, String queue, String status, int argument, int priority, int createdAt, int startedAt) {
        workflows++;
        tables.change("""
                insert into workflow_status
                values (%d, '%s', '%s', 'key', '%s', '{"positionalArgs":[%d]}', '"%s"', 1, %d, %d, %d, 1, null)
                """.formatted(workflows, id, queue, status, argument, id, priority, createdAt, startedAt));
        note(ACCEPTED, ONE, id);
    }

    /** Of the latest workflow. */
    private void attempt(int number, boolean dead, String error) {
        tables.change("insert into workflow_attempts values (%1$d, %2$d, %2$d, %3$b, '%4$s')"
                .formatted(workflows, number, dead, error));
    }

    private void note(Entry.Kind kind, long pid, String id) {
        note(kind, pid, id, "");
    }

    private void note(Entry.Kind kind, long pid, String id, String detail) {
        ledger.write(new Entry(now++, kind, 1, pid, id, 0, "step", 1, detail));
    }

    private void run(String id, String detail) {
        note(BEGIN, ONE, id, detail);
        note(END, ONE, id);
    }

    /** It fails so often that it becomes a dead letter. */
    private void fail(String id) {
        workflow(id, FlowWork.TRIES, "MAX_RECOVERY_ATTEMPTS_EXCEEDED", FlowWork.ALWAYS);
        for (int attempt = 1; attempt <= FlowWork.ATTEMPTS; attempt++) {
            note(BEGIN, ONE, id);
            note(FAIL, ONE, id);
        }
    }

    private List<String> found() {
        return new FlowAudit(tables, ledger).judge();
    }

    private void requireFound(String what) {
        assertThat(found()).singleElement().asString().contains(what);
    }

    @Test
    void nothingIsWrongWhereAllPromisesWereKept() {
        workflow("tenant-1-1", FlowWork.TENANTS, "SUCCESS", 1);
        note(BEGIN, ONE, "tenant-1-1");
        ledger.doomed(ONE);
        ledger.fault(ONE, "SIGKILL");
        note(BEGIN, OTHER, "tenant-1-1");
        note(END, OTHER, "tenant-1-1");
        workflow("tenant-1-2", FlowWork.TENANTS, "SUCCESS", 1);
        run("tenant-1-2", "1");
        workflow("page", FlowWork.PAGES, "SUCCESS", 2);
        FlowWork.due(ledger, 0, "page", 1);
        FlowWork.due(ledger, 0, "page", 2);
        run("page", "2");
        fail("try");
        for (int number = 1; number < FlowWork.ATTEMPTS; number++) attempt(number, false, "broken");
        attempt(FlowWork.ATTEMPTS, true, "broken");
        workflow("render", FlowWork.RENDERS, "SUCCESS", 1);
        note(BEGIN, OTHER, "render");
        note(INTERRUPTED, OTHER, "render");
        attempt(1, false, "AttemptTimeoutException");

        assertThat(found()).isEmpty();
    }

    @Test
    @Tag("canary")
    void aPartitionThatLetsTwoInIsFound() {
        for (var id : List.of("tenant-1-1", "tenant-1-2")) {
            workflow(id, FlowWork.TENANTS, "SUCCESS", 1);
            note(BEGIN, ONE, id);
        }
        requireFound("two bodies at once");
    }

    @Test
    @Tag("canary")
    void aWorkflowThatComesBeforeItsTimeIsFound() {
        workflow("later-1", FlowWork.LATER, "SUCCESS", 1);
        FlowWork.due(ledger, now + SECOND, "later-1", 0);
        run("later-1", "1");
        requireFound("too early");
    }

    @Test
    @Tag("canary")
    void aDebouncedWorkflowWithEarlierArgumentsIsFound() {
        workflow("page", FlowWork.PAGES, "SUCCESS", 1);
        FlowWork.due(ledger, 0, "page", 1);
        FlowWork.due(ledger, 0, "page", 2);
        run("page", "2");
        requireFound("call 2 was the last");
    }

    @Test
    @Tag("canary")
    void anAttemptMoreThanThePolicyAllowsIsFound() {
        fail("try");
        note(BEGIN, ONE, "try");
        note(FAIL, ONE, "try");
        for (int number = 1; number <= FlowWork.ATTEMPTS; number++) attempt(number, false, "broken");
        attempt(FlowWork.ATTEMPTS + 1, true, "broken");
        assertThat(found()).hasSize(2).anyMatch(wrong -> wrong.contains("has the attempts [1, 2, 3, 4]"));
    }

    @Test
    @Tag("canary")
    void anAttemptWithoutARecordIsFoundUnlessItsProcessWasKilled() {
        fail("try");
        note(BEGIN, ONE, "try");
        note(FAIL, ONE, "try");
        for (int number = 1; number < FlowWork.ATTEMPTS; number++) attempt(number, false, "broken");
        attempt(FlowWork.ATTEMPTS, true, "broken");
        requireFound("1 failed attempts");

        ledger.fault(ONE, "SIGKILL");
        assertThat(found()).isEmpty();
    }

    @Test
    @Tag("canary")
    void anAttemptTimeoutThatIsNotCountedIsFound() {
        workflow("render", FlowWork.RENDERS, "SUCCESS", 1);
        note(BEGIN, ONE, "render");
        note(INTERRUPTED, ONE, "render");
        requireFound("1 failed attempts");
    }

    @Test
    @Tag("canary")
    void anOvertakenWorkflowIsFound() {
        workflow("tenant-1-1", FlowWork.TENANTS, "SUCCESS", 1, 1, 0, 3000);
        workflow("tenant-1-2", FlowWork.TENANTS, "SUCCESS", 1, 0, 1000, 2000);
        requireFound("tenant-1-1 was overtaken by tenant-1-2");
    }

    @Test
    @Tag("canary")
    void aKeyOrAPlaceThatIsNotGivenBackIsFound() {
        tables.change("insert into queue_depths values (1)");
        tables.change("insert into workflow_keys values ('address-1')");
        assertThat(found()).hasSize(2);
    }

    @Test
    @Tag("canary")
    void aWorkflowThatNobodyHasAskedForIsFound() {
        tables.change("""
                insert into workflow_status
                values (1, 'upload-1-1', 'uploads', '', 'SUCCESS', '[1]', '"upload-1-1"', 1, 0, 0, 0, 1, null)
                """);
        requireFound("nobody has asked for");
    }

    @Test
    @Tag("canary")
    void whatOnlyTheDatabaseCanTellIsSeen() throws InterruptedException {
        try (var watch = new FlowWatch(tables)) {
            watch.shut();
            for (int number = 0; number <= FlowWork.ROOM; number++) accept("upload-1-" + number, "uploads", "null");
            for (int number = 0; number < 2; number++) accept("mail-1-" + number, "mails", "null");
            accept("door-1", "doors", "'somebody'");
            int looks = watch.samples();
            while (watch.samples() < looks + 2) Thread.sleep(1);
            assertThat(watch.wrong()).hasSize(3);
        }
    }

    private void accept(String id, String queue, String executor) {
        tables.change("""
                insert into workflow_status
                values (1, '%s', '%s', '', 'ENQUEUED', '[1]', null, 0, 0, 0, null, null, %s)
                """.formatted(id, queue, executor));
    }
}
