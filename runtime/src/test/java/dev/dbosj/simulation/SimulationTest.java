package dev.dbosj.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The real engine in thousands of simulated worlds. A failure prints its seed; {@code -Ddbosj.simulation.seed=N} runs
 * that world alone and writes its whole trace, {@code -Ddbosj.simulation.seconds=N} looks for longer.
 */
@Tag("T1")
class SimulationTest {
    private static final String SEED = "dbosj.simulation.seed";
    private static final long SECONDS = Long.getLong("dbosj.simulation.seconds", 30);
    private static final int LEAST_SEEDS = 200;
    private static final int MOST_SEEDS = 1_000;
    private static final int FIXED_SEEDS = 60;
    private static final int ENOUGH_FAILURES = 5;
    private static final Set<String> EVENTS = Set.of(
            "kill", "stop", "close", "claim", "takeover", "rejoin", "heartbeat of the dead", "renewal",
            "renewal of nothing", "checkpoint Fenced", "checkpoint Cancelled", "child Fenced",
            "named child Refused", "start Refused", "SUCCESS Fenced", "SUCCESS Cancelled", "ERROR Applied",
            "CANCEL Applied", "RESUME Applied", "release Applied", "release Fenced", "release after crash Applied",
            "MAX_RECOVERY_ATTEMPTS_EXCEEDED Applied", "poison", "poisoned batch", "message Applied", "message Refused",
            "message Fenced", "message Cancelled", "repeated message", "receipt Applied", "receipt Fenced",
            "event Applied", "event Fenced", "event Cancelled", "contended", "contended owner", "repeated CANCEL",
            "repeated RESUME", "late CANCEL", "late RESUME", "join", "limit reached", "claim by priority", "unserved",
            "heard WORK", "heard ARRIVAL", "heard CHANGE", "hint lost");

    /** A process of its own has its own switches and keeps no threads of killed worlds. */
    @Test
    void everyPromiseHoldsInEveryWorld() throws Exception {
        if (System.getProperty(SEED) != null) {
            replay(Long.getLong(SEED));
            return;
        }
        var lines = fork(0, Long.MAX_VALUE, SECONDS);
        lines.forEach(System.out::println);
        assertThat(lines).noneMatch(line -> line.startsWith("seed "));
        int seeds = Integer.parseInt(lines.getLast().replaceFirst("SIMULATION seeds (\\d+),.*", "$1"));
        assertThat(seeds).isGreaterThanOrEqualTo(LEAST_SEEDS);
    }

    private static void replay(long seed) throws IOException {
        var result = new Simulation(UnaryOperator.identity(), Integer.MAX_VALUE).run(seed);
        if (result.failure() != null) throw new AssertionError(Simulation.report(result) + "\n" + result.failure());
    }

    @Test
    void equalSeedsTakeEqualCoursesHereAndInAnotherVirtualMachine() throws Exception {
        var here = new Simulation().run(0, FIXED_SEEDS);
        var again = new Simulation().run(0, FIXED_SEEDS);
        assertThat(again).hasToString(here.toString());
        assertThat(fork(0, FIXED_SEEDS, Duration.ofMinutes(2).toSeconds())).contains(here.toString());
    }

    @Test
    void otherSeedsTakeOtherCourses() {
        assertThat(new Simulation().run(1).digest()).isNotEqualTo(new Simulation().run(2).digest());
    }

    /** What never happens is not tested. */
    @Test
    void allThatMattersHappens() {
        var simulation = new Simulation();
        for (long seed = 0; seed < MOST_SEEDS && !EVENTS.stream().allMatch(it -> simulation.tally().of(it) > 0); seed++)
            simulation.run(seed);
        assertThat(EVENTS).allSatisfy(event -> assertThat(simulation.tally().of(event)).as(event).isPositive());
    }

    private static List<String> fork(long first, long end, long seconds) throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Djdk.trackAllThreads=false"));
        command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Simulation.class.getName()));
        for (long argument : new long[] {first, end, seconds, ENOUGH_FAILURES}) command.add(Long.toString(argument));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var lines = process.inputReader().lines().toList();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return lines;
    }
}
