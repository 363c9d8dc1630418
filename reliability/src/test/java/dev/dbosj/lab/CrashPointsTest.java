package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.lab.CrashLife.Point;
import dev.dbosj.lab.CrashScript.Order;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process dies before and after every single write and commit that it asks its JDBC driver for,
 * and its heir at another one. Whatever the two
 * points are, everything ends as if nobody had died: the same results, the same checkpoints, each effect there, and no
 * recorded step done again.
 */
@EachStore
@Tag("T2")
@Timeout(3600)
class CrashPointsTest {
    /** In the build, where there are many other tests. */
    private static final int SINGLES = 30;
    private static final int PAIRS = 8;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private final Store store;
    private final Random random = new Random(Lab.SEED);
    private final List<String> wrong = new ArrayList<>();
    private CrashPlace place;
    private CrashRun.End undisturbed;
    private int mostRepeats;

    CrashPointsTest(Store store) {
        this.store = store;
    }

    @BeforeEach
    void runUndisturbed() throws Exception {
        place = CrashPlace.open(store, folder);
        undisturbed = CrashRun.of(place, Order.EFFECT_THEN_CHECKPOINT);
        assertThat(undisturbed.wrong()).isEmpty();
        assertThat(undisturbed.effects()).hasSizeGreaterThan(10).allSatisfy((step, times) -> assertThat(times).isOne());
    }

    @AfterEach
    void close() throws Exception {
        place.close();
    }

    @Test
    void afterADeathAtAnyCallEverythingEndsAsIfNobodyHadDied() throws Exception {
        int calls = undisturbed.calls().getFirst();
        var points = points(calls);
        int singles = 0;
        for (var point : Course.granted() > 0 ? points : points.subList(0, SINGLES))
            singles += judge(crash(Order.EFFECT_THEN_CHECKPOINT, point));
        int pairs = 0;
        for (var course = new Course(PAIRS, 1); course.goesOn();)
            pairs += judge(crash(Order.EFFECT_THEN_CHECKPOINT, any(points), any(points)));
        var figures = "CRASH %s points %d, singles %d, pairs %d, wrong %d, most repeats %d, seed %d"
                .formatted(store, calls, singles, pairs, wrong.size(), mostRepeats, Lab.SEED);
        assertThat(wrong).as(figures).isEmpty();
        assertThat(singles).isGreaterThan(SINGLES / 2);
        assertThat(mostRepeats).as("steps that a death has interrupted").isPositive();
        System.out.println(figures);
    }

    /** Who records first and acts then loses what he was about to do. */
    @Test
    @Tag("canary")
    void aCheckpointBeforeTheEffectIsFound() throws Exception {
        for (var point : points(undisturbed.calls().getFirst())) {
            judge(crash(Order.CHECKPOINT_THEN_EFFECT, point));
            if (wrong.stream().noneMatch(found -> found.contains("was not done"))) continue;
            System.out.printf(
                    "CANARY checkpoint before effect (%s): crash %s, a recorded step was not done%n", store, point);
            return;
        }
        assertThat(wrong).as("what was found").isNotEmpty();
    }

    private List<Point> points(int calls) {
        var points = new ArrayList<>(IntStream.rangeClosed(1, calls).boxed()
                .flatMap(call -> Stream.of(new Point(call, false), new Point(call, true))).toList());
        Collections.shuffle(points, random);
        return points;
    }

    private Point any(List<Point> points) {
        return points.get(random.nextInt(points.size()));
    }

    private CrashRun.End crash(Order order, Point... points) throws Exception {
        return CrashRun.of(place, order, points);
    }

    /** @return 1 if all that were to die have died, 0 if there was no such call this time */
    private int judge(CrashRun.End end) {
        var how = String.join(", then ", end.deaths());
        for (var found : end.wrong()) wrong.add(found + " (" + how + ")");
        if (!end.outcomes().equals(undisturbed.outcomes())) {
            var differences = new ArrayList<>(end.outcomes());
            differences.removeAll(undisturbed.outcomes());
            var missing = new ArrayList<>(undisturbed.outcomes());
            missing.removeAll(end.outcomes());
            wrong.add("ended differently: %s instead of %s (%s)".formatted(differences, missing, how));
        }
        for (var step : undisturbed.effects().keySet())
            if (!end.effects().containsKey(step)) wrong.add("%s was not done (%s)".formatted(step, how));
        end.effects().forEach((step, times) -> {
            if (!undisturbed.effects().containsKey(step))
                wrong.add("nobody has asked for %s (%s)".formatted(step, how));
            if (times > 1 + end.deaths().size()) wrong.add("%s was done %d times (%s)".formatted(step, times, how));
        });
        mostRepeats = Math.max(mostRepeats, end.mostRepeats());
        return end.deaths().size() == end.calls().size() - 1 ? 1 : 0;
    }
}
