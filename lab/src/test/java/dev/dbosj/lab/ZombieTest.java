package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process is stopped past its lease, each of its workflows right before another deed. Another one takes over and
 * finishes them. Then the zombie wakes up and does what it was about to do: it changes nothing.
 */
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ZombieTest {
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final String CLAIMED = "claimed";

    private final Lab lab = new Lab("ZombieTest");
    private WorkerProcess zombie;
    private WorkerProcess heir;
    private List<String> finished;
    private int passed;

    @BeforeAll
    void stopOneAndLetTheOtherFinish() throws Exception {
        zombie = lab.start(lab.job().lease(LEASE).behindGate());
        zombie.await("READY", Lab.SOON);
        for (var deed : List.of("step", "child", "enqueue", "finish", "release")) {
            ask(zombie, "hold " + deed);
            ask(zombie, "do %s %s".formatted(deed, deed));
            awaitHeld(deed);
        }
        ask(zombie, "hold LEASE_TAKEN");
        ask(zombie, "do queued " + CLAIMED);
        awaitHeld("LEASE_TAKEN");
        ask(zombie, "gate SHUT");
        zombie.signal("STOP");

        heir = lab.start(lab.job().lease(LEASE));
        heir.await("READY", Lab.SOON);
        lab.awaitIdle();
        finished = lab.tables().everything();
        zombie.signal("CONT");
        ask(zombie, "gate HALF");
    }

    @Order(1)
    @ParameterizedTest
    @CsvSource({
        "step, Nothing held", "child, Insert small", "enqueue, Insert small", "finish, Finish", "release, Release"
    })
    void nothingThatItDoesChangesAnything(String deed, String write) throws Exception {
        ask(zombie, "release " + deed);

        var answer = lab.ledger().await("an answer to the zombie's " + write, Lab.SOON,
                entry -> entry.pid() == zombie.pid() && entry.is(Entry.Kind.ANSWER, deed, write));
        assertThat(answer.detail()).isEqualTo("Fenced");
        assertThat(lab.tables().everything()).isEqualTo(finished);
        passed++;
    }

    @Order(2)
    @Test
    void whatItStartsIsRunByTheOther() throws Exception {
        ask(zombie, "do finish late");
        lab.awaitIdle();

        assertThat(lab.ledger().read()).filteredOn(entry -> entry.is(Entry.Kind.BEGIN, "late", "first"))
                .extracting(Entry::pid).containsExactly(heir.pid());
        finished = lab.tables().everything();
        passed++;
    }

    @Order(3)
    @Test
    void whatItHadClaimedAndNotBegunItDoesNotBegin() throws Exception {
        ask(zombie, "gate OPEN");
        awaitNewMember();
        ask(zombie, "release LEASE_TAKEN");

        awaitNoWorkflowThread();
        assertThat(lab.tables().everything()).isEqualTo(finished);
        assertThat(lab.ledger().read()).noneMatch(
                entry -> entry.is(Entry.Kind.BEGIN, CLAIMED, "first") && entry.pid() == zombie.pid());
        passed++;
    }

    @Order(4)
    @Test
    void itGoesOnAsANewExecutor() throws Exception {
        Lab.end(heir);
        ask(zombie, "do queued new");
        lab.awaitIdle();

        var steps = lab.ledger().read().stream().filter(entry -> entry.is(Entry.Kind.END, "new", "first")).toList();
        assertThat(steps).extracting(Entry::pid).containsExactly(zombie.pid());
        awaitNoWorkflowThread();
        Lab.end(zombie);
        if (++passed == 8) lab.passed("ZOMBIE sqlite 5 effects, a start and a claim, stale writes accepted 0");
    }

    private void awaitHeld(String place) throws InterruptedException {
        lab.ledger().await(place + " is held", Lab.SOON, entry -> entry.is(Entry.Kind.HELD, place, ""));
    }

    private static void ask(WorkerProcess worker, String command) throws InterruptedException {
        worker.tell(command);
        worker.await(command, Lab.SOON);
    }

    /** The heir, and the zombie under its new id. */
    private void awaitNewMember() throws InterruptedException {
        long deadline = System.nanoTime() + Lab.SOON.toNanos();
        while (lab.tables().number("select count(*) from executors where dead = 0") < 2) {
            assertThat(System.nanoTime()).as("time at which the zombie has joined again").isLessThan(deadline);
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

    @AfterAll
    void close() throws IOException {
        lab.close();
    }
}
