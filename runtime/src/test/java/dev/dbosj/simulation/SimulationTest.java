package dev.dbosj.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The real engine in thousands of simulated worlds. A failure prints its seed; {@code -Ddbosj.simulation.seed=N} runs
 * that world alone and writes its whole trace. {@code -Ddbosj.seconds=N} looks for longer, {@code -Ddbosj.seed=N}
 * begins with another seed.
 */
@Tag("T1")
class SimulationTest {
    private static final String REPLAY = "dbosj.simulation.seed";
    private static final boolean LONG_FORM = "true".equals(System.getenv("CI"));
    private static final long SECONDS = Long.getLong("dbosj.seconds", LONG_FORM ? 30 : 8);
    /** Enough for everything that matters to happen, however busy the machine is. */
    private static final int LEAST_SEEDS = 600;
    private static final int MOST_SEEDS = 10 * LEAST_SEEDS;
    private static final long SEEDS = 1_000_000_000;
    static final Set<String> EVENTS = Set.of(
            "kill", "stop", "close", "claim", "takeover", "rejoin", "heartbeat of the dead", "renewal",
            "renewal of nothing", "checkpoint Fenced", "checkpoint Cancelled", "child Fenced",
            "named child Refused", "start Refused", "SUCCESS Fenced", "SUCCESS Cancelled", "ERROR Applied",
            "CANCEL Applied", "RESUME Applied", "release Applied", "release Fenced", "release after crash Applied",
            "MAX_RECOVERY_ATTEMPTS_EXCEEDED Applied", "poison", "poisoned batch", "message Applied", "message Refused",
            "message Fenced", "message Cancelled", "repeated message", "receipt Applied", "receipt Fenced",
            "event Applied", "event Fenced", "event Cancelled", "contended", "contended owner", "repeated CANCEL",
            "repeated RESUME", "late CANCEL", "late RESUME", "join", "limit reached", "claim by priority", "unserved",
            "heard WORK", "heard ARRIVAL", "heard CHANGE", "hint lost", "clock set back", "clock set forward",
            "host's clock set", "apply LOST", "apply ANSWER_LOST", "apply LATE", "claim ANSWER_LOST", "claim LATE",
            "renew ANSWER_LOST", "renew LATE", "tick ANSWER_LOST", "tick LATE", "join ANSWER_LOST", "join LATE",
            "takeOver ANSWER_LOST", "takeOver LATE", "leave ANSWER_LOST", "child Cancelled",
            "resumed before its owner let go", "delay ended", "queue state Applied", "retry Applied", "redrive Applied",
            "purge Applied", "put off", "refused QUEUE_FULL", "refused KEY_HELD", "start within a rate");

    private static Lanes worlds;

    private static Lanes worlds() {
        if (worlds == null) worlds = look();
        return worlds;
    }

    /** A build that nobody asked to look for longer is the same each time. */
    private static Lanes look() {
        boolean same = !LONG_FORM && System.getProperty("dbosj.seconds") == null;
        long first = Long.getLong("dbosj.seed", same ? 0 : new SplittableRandom().nextLong(SEEDS));
        long begin = System.nanoTime();
        var lanes = Lanes.ofSeeds(first, SECONDS, LEAST_SEEDS);
        double minutes = (System.nanoTime() - begin) / 60e9;
        System.out.printf("SIM first %d, %s, seeds a minute %.0f, failures %d%n",
                first, lanes.figures(), lanes.figures().seeds() / minutes, lanes.failures().size());
        lanes.failures().forEach(System.out::println);
        return lanes;
    }

    @AfterAll
    static void forget() {
        worlds = null;
    }

    @Test
    void everyPromiseHoldsInEveryWorld() throws IOException {
        if (System.getProperty(REPLAY) != null) {
            replay(Long.getLong(REPLAY));
            return;
        }
        assertThat(worlds().failures()).isEmpty();
        assertThat(worlds().figures().seeds()).isGreaterThanOrEqualTo(LEAST_SEEDS);
    }

    private static void replay(long seed) throws IOException {
        var result = new Simulation(UnaryOperator.identity(), Integer.MAX_VALUE).run(seed);
        if (result.failure() != null) throw new AssertionError(Simulation.report(result) + "\n" + result.failure());
    }

    /** What never happens is not tested: if not in the worlds that were drawn, then in some thousand others. */
    @Test
    void allThatMattersHappens() {
        var events = new TreeSet<>(worlds().events().keySet());
        for (int first = LEAST_SEEDS; first < MOST_SEEDS && !events.containsAll(EVENTS); first += LEAST_SEEDS)
            events.addAll(Lanes.ofSeeds(first, 0, LEAST_SEEDS).events().keySet());
        assertThat(events).containsAll(EVENTS);
    }

    /** A new operation without a generator fails here. */
    @Test
    void everyPublicOperationIsCalled() {
        assertThat(worlds().called()).containsExactlyElementsOf(Operations.thatAreGenerated());
    }

    @Test
    void otherSeedsTakeOtherCourses() {
        assertThat(new Simulation().run(1).digest()).isNotEqualTo(new Simulation().run(2).digest());
    }
}
