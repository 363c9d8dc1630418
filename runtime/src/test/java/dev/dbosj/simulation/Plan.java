package dev.dbosj.simulation;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * The argument of a simulated workflow. What it does follows from it, so whoever knows the plan and what chance and
 * time have answered (which is recorded) knows what must come out.
 *
 * @param level children are one level deeper; leaves have none. Each level has a queue of its own, so that nobody waits
 *     for a slot that a waiting parent holds.
 */
record Plan(long seed, int level) {
    static final int LEAF = 2;
    static final int JOBS = 4;
    static final int SHARED = 3;

    /** A plan for somebody on the level or below. */
    static Plan draw(SplittableRandom random, int level) {
        return new Plan(random.nextLong(), random.nextInt(level, LEAF + 1));
    }

    /** A plan of which there is something to watch. */
    static Plan drawShow(SplittableRandom random) {
        return Stream.generate(() -> new Plan(random.nextLong(), LEAF))
                .filter(plan -> plan.ops().stream().anyMatch(Op.Progress.class::isInstance))
                .findFirst()
                .orElseThrow();
    }

    static String queue(int level) {
        return "level-" + level;
    }

    /** The id of a job that everybody starts, and which must run once. */
    static String job(int number) {
        return "job-" + number;
    }

    /** The id of a child that several parents start. */
    static String shared(int number) {
        return "shared-" + number;
    }

    /** Mostly the default. */
    static int priority(SplittableRandom random) {
        return random.nextInt(3) == 0 ? random.nextInt(1, 4) : 0;
    }

    /** Mostly none. */
    static Duration delay(SplittableRandom random) {
        return random.nextInt(8) == 0 ? Duration.ofMillis(random.nextLong(20_000)) : null;
    }

    /** The queue of workflows of this plan. */
    String queue() {
        return queue(level);
    }

    List<Op> ops() {
        var random = new SplittableRandom(seed);
        return Stream.generate(() -> Op.draw(random, level)).limit(random.nextInt(level == LEAF ? 5 : 8)).toList();
    }

    /** Whether the workflow throws in the end. */
    boolean fails() {
        return new SplittableRandom(~seed).nextInt(8) == 0;
    }

    /** Whether the workflow's code catches what it should not. */
    boolean swallows() {
        return new SplittableRandom(seed ^ 1).nextInt(8) == 0;
    }
}
