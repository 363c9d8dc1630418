package dev.dbosj.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SeededSchedulerTest {
    private final List<String> log = new ArrayList<>();
    private final List<String> bugs = new ArrayList<>();

    @Test
    void theOrderOfThreadsFollowsTheSeedAlone() {
        assertThat(race(1)).isEqualTo(race(1));
        assertThat(LongStream.range(0, 20).mapToObj(this::race).distinct().count()).isGreaterThan(5);
    }

    private List<String> race(long seed) {
        log.clear();
        var world = world(seed);
        var lock = new ReentrantLock();
        var process = process("p", world);
        for (int i = 0; i < 4; i++) {
            var name = "t" + i;
            process.start(name, () -> {
                for (int round = 0; round < 3; round++) {
                    lock.lock();
                    try {
                        process.sleep(Duration.ofMillis(1));
                        log.add(name);
                    } finally {
                        lock.unlock();
                    }
                }
            });
        }
        world.runUntil(() -> process.threads().isEmpty(), 10_000);
        assertThat(log).hasSize(12);
        return List.copyOf(log);
    }

    @Test
    void nobodyFromOutsideOfTheWorldWakesAThread() throws InterruptedException {
        var world = world(7);
        var process = process("p", world);
        process.start("waiter", () -> process.sleep(Duration.ofDays(1)));
        var stranger = Thread.ofPlatform().name("stranger").start(() -> process.execute(() -> {}));
        stranger.join();
        assertThatThrownBy(() -> world.runUntil(() -> process.threads().isEmpty(), 100))
                .isInstanceOf(SimulationFailure.class)
                .hasMessageContaining("stranger");
    }

    @Test
    void aDayPassesInNoTimeAndNobodyWakesEarly() {
        var world = world(7);
        var process = process("p", world);
        process.start("sleeper", () -> {
            process.sleep(Duration.ofDays(1));
            log.add("woke after " + world.nanos() / Duration.ofDays(1).toNanos() + " day");
        });
        world.runUntil(() -> process.threads().isEmpty(), 100);
        assertThat(log).containsExactly("woke after 1 day");
    }

    @Test
    void aKilledProcessNeverRunsAgainNotEvenItsFinallyBlocks() {
        var world = world(7);
        var victim = process("victim", world);
        var killer = process("killer", world);
        victim.start("worker", () -> {
            try {
                victim.sleep(Duration.ofSeconds(2));
                log.add("went on");
            } finally {
                log.add("finally");
            }
        });
        killer.start("killer", () -> {
            killer.sleep(Duration.ofSeconds(1));
            victim.kill();
            killer.sleep(Duration.ofSeconds(9));
            log.add("killer is done");
        });
        world.runUntil(() -> killer.threads().isEmpty(), 100);
        assertThat(log).containsExactly("killer is done");
    }

    @Test
    void aStoppedProcessGoesOnLateWhereItWas() {
        var world = world(7);
        var frozen = process("frozen", world);
        var other = process("other", world);
        frozen.start("worker", () -> {
            frozen.sleep(Duration.ofSeconds(2));
            log.add("frozen at " + world.nanos() / 1_000_000_000);
        });
        other.start("stopper", () -> {
            other.sleep(Duration.ofSeconds(1));
            frozen.stop();
            other.sleep(Duration.ofSeconds(9));
            log.add("other at " + world.nanos() / 1_000_000_000);
            frozen.goOn();
        });
        world.runUntil(() -> frozen.threads().isEmpty(), 100);
        assertThat(log).containsExactly("other at 10", "frozen at 10");
    }

    @Test
    void aDeadlockIsFound() {
        var world = world(7);
        var process = process("p", world);
        process.start("forever", () -> new CompletableFuture<String>().join());
        assertThatThrownBy(() -> world.runUntil(() -> process.threads().isEmpty(), 1_000))
                .isInstanceOf(SimulationFailure.class).hasMessageContaining("deadlock");
    }

    @Test
    void aBusyLoopIsFound() {
        var world = world(7);
        var process = process("p", world);
        process.start("busy", () -> {
            while (true) process.sleep(Duration.ofNanos(1));
        });
        assertThatThrownBy(() -> world.runUntil(() -> process.threads().isEmpty(), 1_000))
                .isInstanceOf(SimulationFailure.class).hasMessageContaining("no end after 1000 switches");
    }

    @Test
    void aThreadThatDiesIsReported() {
        var world = world(7);
        var process = process("p", world);
        process.start("buggy", () -> {
            throw new IllegalStateException("a bug");
        });
        world.runUntil(() -> process.threads().isEmpty(), 100);
        assertThat(bugs).containsExactly("thread p/buggy died of java.lang.IllegalStateException: a bug");
    }

    private SeededScheduler world(long seed) {
        return new SeededScheduler(new SplittableRandom(seed), new Trace());
    }

    private SimulatedProcess process(String name, SeededScheduler world) {
        return new SimulatedProcess(name, world, new SplittableRandom(1), new Trace(), Duration.ZERO, bugs::add);
    }
}
