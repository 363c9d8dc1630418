package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process is stopped past its lease, each of its workflows right before another deed. Another one takes over and
 * finishes them. Then the zombie wakes up and does what it was about to do: it changes nothing.
 */
@Tag("T4")
@EachStore
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ZombieTest {
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final List<String> DEEDS =
            List.of("step", "event", "child", "enqueue", "named", "sleep", "finish", "release", "cancelled", "resumed");
    private static final String CLAIMED = "claimed";
    private static final int PROMISES = DEEDS.size() + 4;

    @Parameter
    private Store store;

    private Lab lab;
    private WorkerProcess zombie;
    /** Another zombie, which had nothing to do. */
    private WorkerProcess idler;
    private WorkerProcess heir;
    private List<String> finished;
    private int kept;

    @BeforeParameterizedClassInvocation
    void stopOneAndLetTheOtherFinish() throws Exception {
        lab = new Lab("ZombieTest", store);
        kept = 0;
        zombie = lab.start(lab.job().lease(LEASE).notingAnswers());
        idler = lab.start(lab.job().lease(LEASE).notingAnswers());
        for (var worker : List.of(zombie, idler)) worker.await("READY", Lab.SOON);
        ask(idler, "gate SHUT");
        for (var deed : DEEDS) {
            ask(zombie, "hold " + deed);
            ask(zombie, "do %s %s".formatted(deed, deed));
            awaitHeld(deed);
        }
        ask(zombie, "hold LEASE_TAKEN");
        ask(zombie, "do queued " + CLAIMED);
        awaitHeld("LEASE_TAKEN");
        ask(zombie, "gate SHUT");
        for (var worker : List.of(zombie, idler)) worker.stop();
        try (var client = lab.client()) {
            client.cancelWorkflow("cancelled");
            client.cancelWorkflow("resumed");
            client.resumeWorkflow("resumed");
        }

        heir = lab.start(lab.job().lease(LEASE).notingAnswers());
        heir.await("READY", Lab.SOON);
        lab.awaitIdle();
        finished = lab.tables().everything();
        assertThat(lab.tables().texts("select status from workflow_status where workflow_id in ('cancelled', 'resumed')"
                + " order by workflow_id")).containsExactly("CANCELLED", "SUCCESS");
        for (var worker : List.of(zombie, idler)) {
            worker.signal("CONT");
            ask(worker, "gate HALF");
        }
    }

    @Order(1)
    @ParameterizedTest
    @CsvSource({
        "step, Nothing held",
        "event, SetEvent DBOS.setEvent",
        "child, Insert small",
        "enqueue, Insert small",
        "named, Insert small",
        "sleep, Nothing DBOS.sleep",
        "finish, Finish",
        "release, Release",
        "cancelled, Nothing held",
        "resumed, Nothing held"
    })
    void nothingThatItDoesChangesAnything(String deed, String write) throws Exception {
        ask(zombie, "release " + deed);

        var answer = lab.ledger().await("an answer to the zombie's " + write, Lab.SOON,
                entry -> entry.pid() == zombie.pid() && entry.is(Entry.Kind.ANSWER, deed, write));
        assertThat(answer.detail()).isEqualTo("Fenced");
        assertThat(lab.tables().everything()).isEqualTo(finished);
        kept++;
    }

    /** Both still believe that they are members, because they have not been allowed to beat. */
    @Order(2)
    @Test
    void whatZombiesStartAndEnqueueIsRunByTheOther() throws Exception {
        ask(heir, "gate SHUT");
        ask(zombie, "do finish late");
        ask(idler, "do queued waiting");
        int before = claims(idler).size();
        lab.ledger().await("two more claims of a zombie", Lab.SOON, entry -> claims(idler).size() >= before + 2);
        ask(heir, "gate OPEN");
        lab.awaitIdle();

        for (var workflow : List.of("late", "waiting"))
            assertThat(lab.ledger().read()).filteredOn(entry -> entry.is(Entry.Kind.BEGIN, workflow, "first"))
                    .extracting(Entry::pid).containsExactly(heir.pid());
        assertThat(claims(idler).subList(before, claims(idler).size())).containsOnly("0");
        finished = lab.tables().everything();
        kept++;
    }

    @Order(3)
    @Test
    void whatItHadClaimedAndNotBegunItDoesNotBegin() throws Exception {
        for (var worker : List.of(zombie, idler)) ask(worker, "gate OPEN");
        awaitMembers(3);
        ask(zombie, "release LEASE_TAKEN");

        awaitNoWorkflowThread();
        assertThat(lab.tables().everything()).isEqualTo(finished);
        assertThat(lab.ledger().read()).noneMatch(
                entry -> entry.is(Entry.Kind.BEGIN, CLAIMED, "first") && entry.pid() == zombie.pid());
        kept++;
    }

    @Order(4)
    @Test
    void itGoesOnAsANewExecutor() throws Exception {
        Lab.end(heir, idler);
        ask(zombie, "do queued new");
        lab.awaitIdle();

        var steps = lab.ledger().read().stream().filter(entry -> entry.is(Entry.Kind.END, "new", "first")).toList();
        assertThat(steps).extracting(Entry::pid).containsExactly(zombie.pid());
        awaitNoWorkflowThread();
        Lab.end(zombie);
        kept++;
    }

    @Order(5)
    @Test
    void noStaleWriteWasAccepted() {
        assertThat(lab.witness().map(Witness::staleWrites).orElse(List.of())).isEmpty();
        if (++kept == PROMISES)
            lab.passed("ZOMBIE %s %d effects, a start and claims, stale writes accepted 0"
                    .formatted(store, DEEDS.size()));
    }

    /** How many workflows each claim of the process has brought. */
    private List<String> claims(WorkerProcess worker) {
        return lab.ledger().read().stream()
                .filter(entry -> entry.pid() == worker.pid() && entry.is(Entry.Kind.ANSWER, "", "claim"))
                .map(Entry::detail)
                .toList();
    }

    private void awaitHeld(String place) throws InterruptedException {
        lab.ledger().await(place + " is held", Lab.SOON, entry -> entry.is(Entry.Kind.HELD, place, ""));
    }

    private static void ask(WorkerProcess worker, String command) throws InterruptedException {
        worker.tell(command);
        worker.await(command, Lab.SOON);
    }

    private void awaitMembers(int count) throws InterruptedException {
        long deadline = System.nanoTime() + Lab.SOON.toNanos();
        while (lab.tables().number("select count(*) from executors where not dead") < count) {
            assertThat(System.nanoTime()).as("time at which there are %d executors", count).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private void awaitNoWorkflowThread() throws InterruptedException {
        boolean none = false;
        for (int look = 0; look < 100 && !none; look++) {
            zombie.tell("threads");
            none = zombie.says("THREADS 0", Duration.ofMillis(100));
        }
        assertThat(none).as("all workflow threads of the zombie have ended").isTrue();
    }

    @AfterParameterizedClassInvocation
    void close() throws IOException {
        lab.close();
    }
}
