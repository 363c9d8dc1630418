package dev.dbosj.lab;

import static dev.dbosj.lab.Entry.Kind.ACCEPTED;
import static dev.dbosj.lab.Entry.Kind.BEGIN;
import static dev.dbosj.lab.Entry.Kind.END;
import static dev.dbosj.lab.Entry.Kind.FAIL;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An auditor that finds nothing proves nothing: each kind of breach is found. */
class AuditorTest {
    private static final long OTHER_PROCESS = 1;

    @TempDir
    Path folder;

    private final Auditor auditor = new Auditor("q", 1);
    private Ledger ledger;
    private Tables tables;

    @BeforeEach
    void makeTables() {
        ledger = Ledger.append(folder.resolve("ledger.txt"), 1);
        tables = new Tables(this::connect);
        run("create table workflow_status (sequence integer, workflow_id, status, queue_name, executor_id)");
        run("create table operation_outputs (workflow_sequence, step, name, child_id, error)");
        run("create table workflow_attempts (workflow_sequence)");
        run("create table queues (name, retry_policy)");
        run("insert into workflow_status values (1, 'w', 'SUCCESS', 'q', null), (2, 'v', 'SUCCESS', 'q', null)");
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tables.db"));
    }

    private void run(String sql) {
        tables.change(sql);
    }

    private void note(Entry.Kind kind, String workflowId, int step, int attempt, String detail) {
        ledger.write(kind, workflowId, step, "s", attempt, detail);
    }

    private void beginAndEnd(int step) {
        note(BEGIN, "w", step, 1, "");
        note(END, "w", step, 1, "");
    }

    private Auditor.Findings found() {
        return auditor.audit(tables, ledger);
    }

    private long self() {
        return ProcessHandle.current().pid();
    }

    @Test
    void nothingIsWrongWithAnUndisturbedRun() {
        note(ACCEPTED, "w", 0, 0, "");
        beginAndEnd(0);
        note(BEGIN, "w", 1, 1, "a");
        note(FAIL, "w", 1, 1, "");
        note(BEGIN, "w", 1, 2, "a");
        note(END, "w", 1, 2, "");
        run("""
                insert into operation_outputs
                values (1, 0, 's', null, null), (1, 1, 's', null, null), (1, 2, 'DBOS.sleep', null, null),
                       (1, 3, 'child', 'c', null)
                """);
        auditor.look(tables, ledger);

        assertThat(found().all()).isEmpty();
    }

    @Test
    void afterEachRecordedFailedAttemptAStepBeginsAgain() {
        run("insert into queues values ('q', 'three attempts')");
        run("insert into workflow_attempts values (1), (1)");
        run("insert into operation_outputs values (1, 0, 's', null, 'failed')");
        for (int attempt = 1; attempt <= 3; attempt++) {
            note(BEGIN, "w", 0, 1, "");
            note(FAIL, "w", 0, 1, "");
            auditor.look(tables, ledger);
        }

        var found = found();
        assertThat(found.all()).isEmpty();
        assertThat(found.begunAgain()).isZero();
    }

    @Test
    void oneMoreThanFailedAttemptsAreRecordedIsWrong() {
        run("insert into workflow_attempts values (1)");
        for (int attempt = 1; attempt <= 3; attempt++) {
            note(BEGIN, "w", 0, 1, "");
            note(FAIL, "w", 0, 1, "");
        }

        assertThat(found().wrong()).singleElement().asString().startsWith("began again without a fault");
    }

    @Test
    void whatIsToEndAsADeadLetterIsNotToSucceed() {
        run("update workflow_status set status = 'DEAD' where workflow_id = 'w'");
        note(ACCEPTED, "w", 0, 0, "DEAD");
        note(ACCEPTED, "v", 0, 0, "DEAD");

        assertThat(found().lost()).containsExactly("v was accepted and did not end in DEAD");
    }

    @Test
    void aStepIsRepeatedIfALaterOneHadBegun() {
        beginAndEnd(0);
        note(BEGIN, "w", 1, 1, "");
        ledger.fault(self(), "SIGKILL");
        note(BEGIN, "w", 0, 1, "");

        assertThat(found().repeated()).singleElement().asString().contains("a later step had begun");
    }

    @Test
    void aStepIsRepeatedIfItsOutcomeHadBeenRecorded() {
        beginAndEnd(0);
        run("insert into operation_outputs values (1, 0, 's', null, null)");
        ledger.fault(self(), "SIGKILL");
        auditor.look(tables, ledger);
        note(BEGIN, "w", 0, 1, "");

        assertThat(found().repeated()).singleElement().asString().contains("its outcome was recorded");
    }

    @Test
    void aStepThatBeginsAgainWithoutAFaultIsWrong() {
        note(BEGIN, "w", 0, 1, "");
        ledger.fault(OTHER_PROCESS, "SIGKILL");
        note(BEGIN, "w", 0, 1, "");

        assertThat(found().wrong()).singleElement().asString().contains("without a fault");
    }

    @Test
    void aKernelMayTellOthersOfADeathBeforeItTellsUs() {
        note(BEGIN, "w", 0, 1, "");
        ledger.doomed(self());
        ledger.write(BEGIN, OTHER_PROCESS, "w", 0, "s", 1, "");
        ledger.fault(self(), "SIGKILL");

        var found = found();
        assertThat(found.all()).isEmpty();
        assertThat(found.mostInAll()).isOne();
    }

    @Test
    void aStepThatWasCutOffBeginsAgainOneThatHadFailedIsOnlyTriedAgain() {
        note(BEGIN, "w", 0, 1, "");
        note(END, "w", 0, 1, "");
        note(BEGIN, "v", 0, 1, "");
        note(FAIL, "v", 0, 1, "");
        ledger.stopped(self());
        note(BEGIN, "w", 0, 1, "");
        note(END, "w", 0, 1, "");
        note(BEGIN, "v", 0, 1, "");

        var found = found();
        assertThat(found.all()).isEmpty();
        assertThat(found.begunAgain()).isOne();
    }

    @Test
    void aProcessThatWasStoppedAtTheDoorOfAStepHasLookedAtItsLeaseBefore() {
        beginAndEnd(0);
        note(BEGIN, "w", 1, 1, "");
        ledger.stopped(self());
        ledger.continued(self());
        note(BEGIN, "w", 0, 1, "");

        var found = found();
        assertThat(found.all()).isEmpty();
        assertThat(found.atTheDoor()).isOne();
    }

    @Test
    void aProcessThatWasStoppedBetweenItsLookAtTheClockAndItsLineWasAtTheDoorToo() {
        beginAndEnd(0);
        note(BEGIN, "w", 1, 1, "");
        long before = System.nanoTime();
        ledger.stopped(self());
        ledger.continued(self());
        ledger.write(new Entry(before, BEGIN, 1, self(), "w", 0, "s", 1, ""));

        var found = found();
        assertThat(found.all()).isEmpty();
        assertThat(found.atTheDoor()).isOne();
    }

    @Test
    void atTheDoorItMayMeetItsHeirInTheStep() {
        beginAndEnd(0);
        ledger.stopped(self());
        ledger.write(BEGIN, OTHER_PROCESS, "w", 1, "s", 1, "");
        ledger.continued(self());
        note(BEGIN, "w", 1, 1, "");
        ledger.write(END, OTHER_PROCESS, "w", 1, "s", 1, "");
        note(BEGIN, "v", 0, 1, "");
        ledger.write(BEGIN, OTHER_PROCESS, "v", 0, "s", 1, "");

        var found = found();
        assertThat(found.all()).isEmpty();
        assertThat(found.atTheDoor()).isOne();
        assertThat(found.begunAgain()).isOne();
    }

    @Test
    void stepsOfAllProcessesTogetherAreCountedUntilTheyEndOrTheirProcessDoes() {
        note(BEGIN, "w", 0, 1, "");
        ledger.fault(self(), "SIGKILL");
        ledger.write(BEGIN, OTHER_PROCESS, "v", 0, "s", 1, "");
        ledger.write(BEGIN, OTHER_PROCESS + 1, "w", 0, "s", 1, "");

        assertThat(found().mostInAll()).isEqualTo(2);
    }

    @Test
    void aStepThatIsGivenSomethingElseIsWrong() {
        note(BEGIN, "w", 0, 1, "a");
        note(FAIL, "w", 0, 1, "");
        note(BEGIN, "w", 0, 2, "b");

        assertThat(found().wrong()).singleElement().asString().contains("was given 'a' before");
    }

    @Test
    void anAttemptWithoutAFailureIsWrong() {
        note(BEGIN, "w", 0, 2, "");

        assertThat(found().wrong()).singleElement().asString().contains("without a failed one");
    }

    @Test
    void moreAtOnceThanTheQueueAllowsAreWrong() {
        note(BEGIN, "w", 0, 1, "");
        note(BEGIN, "v", 0, 1, "");

        assertThat(found().wrong()).singleElement().asString().contains("more than 1 of queue q at once");
    }

    @Test
    void aLineOfAProcessThatWasEndedIsWrong() {
        ledger.fault(self(), "SIGKILL");
        note(END, "w", 0, 1, "");

        assertThat(found().wrong()).singleElement().asString().contains("wrote after its end");
    }

    @Test
    void anOwnerThatIsLeftIsWrong() {
        run("update workflow_status set executor_id = 'e' where workflow_id = 'w'");

        assertThat(found().wrong()).containsExactly("w still has an owner");
    }

    @Test
    void anAcceptedWorkflowWithoutAResultIsLost() {
        note(ACCEPTED, "x", 0, 0, "");

        assertThat(found().lost()).containsExactly("x was accepted and did not end in SUCCESS");
    }

    @Test
    void aRecordedStepThatNeverEndedIsLost() {
        note(BEGIN, "w", 0, 1, "");
        run("insert into operation_outputs values (1, 0, 's', null, null)");

        assertThat(found().lost()).containsExactly("step w:0 is recorded, and never ended");
    }
}
