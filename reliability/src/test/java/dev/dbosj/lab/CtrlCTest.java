package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that is asked to end does so in time, and leaves everything where another one can go on at once. */
@EnabledIf("dev.dbosj.Thorough#isWanted")
@Tag("T3")
@EachStore(oneInEveryBuild = true)
@Timeout(600)
class CtrlCTest {
    /** The grace, a second behind it for interrupted steps, and the way out of the virtual machine. */
    private static final Duration BOUND = Worker.GRACE.plusSeconds(4);

    /** The wait for the last writes comes to it. */
    private static final Duration BOUND_WITHOUT_DATABASE = BOUND.plusSeconds(15);

    private final Store store;

    CtrlCTest(Store store) {
        this.store = store;
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void handsOverWhatItHasNotFinished(String signal, int exitCode) throws Exception {
        try (var lab = new Lab("CtrlCTest#" + signal, store)) {
            var worker = lab.start(lab.job().notingAnswers());
            worker.await("READY", Lab.SOON);
            for (var deed : List.of("quick", "stuck", "deaf")) {
                ask(worker, "hold " + deed);
                ask(worker, "do %s %s".formatted(deed.equals("deaf") ? "deaf" : "step", deed));
                lab.ledger().await(deed + " is held", Lab.SOON, entry -> entry.is(Entry.Kind.HELD, deed, ""));
            }

            ask(worker, "do sleeper sleeper");
            lab.ledger().await("the sleep is recorded", Lab.SOON,
                    entry -> entry.is(Entry.Kind.ANSWER, "sleeper", "Nothing DBOS.sleep"));

            worker.signal(signal);
            long asked = System.nanoTime();
            lab.ledger().await("the sleeper has left", Lab.SOON, entry -> entry.is(Entry.Kind.LEFT, "sleeper", ""));
            worker.tell("release quick");
            assertThat(worker.awaitExit(Lab.SOON)).isEqualTo(exitCode);
            var took = Duration.ofNanos(System.nanoTime() - asked);
            lab.ledger().fault(worker.pid(), "SIG" + signal);
            assertThat(took).isLessThan(BOUND);

            var tables = lab.tablesAtRest();
            assertThat(recorded(tables, "quick")).as("the step that ended in time").containsExactly("first", "held");
            assertThat(recorded(tables, "stuck")).as("the step that had to be interrupted").containsExactly("first");
            assertThat(states(tables)).containsExactly(
                    "deaf PENDING owned", "quick ENQUEUED free", "sleeper ENQUEUED free", "stuck ENQUEUED free");

            var heir = lab.start(lab.job());
            lab.awaitIdle();
            Lab.end(heir);
            assertThat(begun(lab, "quick", "held")).as("a recorded step is not run again").isOne();
            assertThat(begun(lab, "stuck", "held")).isEqualTo(2);
            assertThat(states(lab.tablesAtRest())).containsExactly(
                    "deaf SUCCESS free", "quick SUCCESS free", "sleeper SUCCESS free", "stuck SUCCESS free");
            lab.passed("CTRL-C %s SIG%s: exit code %d after %d ms, 4 unfinished workflows finished by the next"
                    .formatted(store, signal, exitCode, took.toMillis()));
        }
    }

    /** Steps are short enough to end in time: that their process was ended is no reason to run one again. */
    @Test
    void restartsUnderLoadRepeatNoStep() throws Exception {
        var random = new Random(Lab.SEED);
        try (var lab = new Lab("CtrlCTest#restartsUnderLoadRepeatNoStep", store)) {
            var audit = new OrdersAudit(lab);
            var course = new Course(3, 0.05);
            while (course.goesOn()) {
                var worker = lab.start(lab.job());
                worker.tell(Orders.command(OrdersAudit.orders(lab.tablesAtRest()), Integer.MAX_VALUE, 3));
                worker.await("READY", Lab.SOON);
                Thread.sleep(random.nextInt(600));
                Lab.end(worker);
                lab.ledger().fault(worker.pid(), "SIGTERM");
                var left = lab.tablesAtRest();
                assertThat(left.number("select count(*) from workflow_status where executor_id is not null")).isZero();
                audit.look(left);
            }
            var last = lab.start(lab.job());
            lab.awaitIdle();
            Lab.end(last);
            var found = audit.judge("CTRL-C %s under load: %d restarts".formatted(store, course.rounds()), "");
            assertThat(found.begunAgain()).isZero();
        }
    }

    /** As when a process was stopped in the middle of a commit: it keeps its locks, and is not dead. */
    @Test
    void endsInTimeAlsoWhenItCannotWrite() throws Exception {
        try (var lab = new Lab("CtrlCTest#endsInTimeAlsoWhenItCannotWrite", store)) {
            var worker = lab.start(lab.job());
            worker.tell(Orders.command(0, Integer.MAX_VALUE, 3));
            lab.ledger().await("a step has ended", Lab.SOON, entry -> entry.kind() == Entry.Kind.END);
            try (var locked = lab.lockOutWriters()) {
                worker.signal("TERM");
                long asked = System.nanoTime();
                assertThat(worker.awaitExit(Lab.SOON)).isEqualTo(WorkerProcess.TERMINATED);
                var took = Duration.ofNanos(System.nanoTime() - asked);
                assertThat(took).isLessThan(BOUND_WITHOUT_DATABASE);
                lab.passed("CTRL-C %s SIGTERM while nobody can write: ended after %d ms"
                        .formatted(store, took.toMillis()));
            }
        }
    }

    private static void ask(WorkerProcess worker, String command) throws InterruptedException {
        worker.tell(command);
        worker.await(command, Lab.SOON);
    }

    private static List<String> recorded(Tables tables, String workflowId) {
        return tables.list("""
                select o.name
                  from operation_outputs o join workflow_status w on w.sequence = o.workflow_sequence
                 where w.workflow_id = '%s'
                 order by o.step
                """.formatted(workflowId), row -> row.getString(1));
    }

    private static List<String> states(Tables tables) {
        return tables.list("""
                select workflow_id || ' ' || status || case when executor_id is null then ' free' else ' owned' end
                  from workflow_status
                 order by workflow_id
                """, row -> row.getString(1));
    }

    private static long begun(Lab lab, String workflowId, String step) {
        return lab.ledger().read().stream().filter(entry -> entry.is(Entry.Kind.BEGIN, workflowId, step)).count();
    }
}
