package dev.dbosj.postgres.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.postgres.faults.Wire.Fate;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A connection that breaks leaves the outcome open: it is found out, never assumed. */
@Timeout(120)
class CutConnectionsTest {
    private static final int CUTS = Integer.getInteger("dbosj.cuts", 100);

    private final long seed = Long.getLong("dbosj.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final AtomicInteger harmed = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
    private String url;
    private Wire wire;

    @BeforeEach
    void connect() throws Exception {
        url = PostgresServer.freshDatabase();
        wire = new Wire(url);
    }

    @AfterEach
    void disconnect() throws Exception {
        wire.close();
        clock.shutdownNow();
    }

    @Test
    void cutsInTheMiddleOfARequest() throws Exception {
        cut(Fate.CutInRequest::new);
    }

    @Test
    void cutsAfterTheRequestAndBeforeTheAnswer() throws Exception {
        cut(Fate.CutBeforeAnswer::new);
    }

    @Test
    void cutsInTheMiddleOfTheAnswer() throws Exception {
        cut(() -> new Fate.CutInAnswer(1 + random.nextInt(40)));
    }

    @Test
    void cutsAfterWhichTheRequestStillArrivesWhenTheClientHasGoneOn() throws Exception {
        cut(() -> {
            var release = new CountDownLatch(1);
            clock.schedule(release::countDown, random.nextInt(1000), TimeUnit.MILLISECONDS);
            return new Fate.Late(release, new CountDownLatch(1));
        });
    }

    @Test
    void copiesThatArriveWhenAllIsOverChangeNothing() throws Exception {
        var release = new CountDownLatch(1);
        var late = new ConcurrentLinkedQueue<Fate.Late>();
        try (var trial = new Trial(url, Trial.by(wire.url(url)))) {
            trial.awaitProgress();
            wire.judge(statements -> judge(statements, 20, () -> {
                var copy = new Fate.Late(release, new CountDownLatch(1));
                late.add(copy);
                return copy;
            }));
            while (harmed.get() < 20) trial.work(Duration.ofMillis(10));
            trial.settle();
            var before = trial.books().contents();
            release.countDown();
            for (var copy : late) assertThat(copy.done().await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(trial.books().contents()).isEqualTo(before);
            trial.finish();
        }
        assertThat(writes.get()).isPositive();
    }

    /** The executors' leases are short, and socket time-outs are long: others would take over before. */
    @Test
    void aConnectionOnWhichNobodyAnswersDoesNotKeepAnExecutorFromBeating() throws Exception {
        try (var trial = new Trial(url, Trial.by(wire.url(url)))) {
            trial.awaitProgress();
            wire.judge(statements -> {
                boolean beat = statements.getFirst().contains("set heartbeat") && harmed.get() < 2;
                if (beat) harmed.incrementAndGet();
                return beat ? new Fate.Silence() : Wire.PASS;
            });
            trial.work(Duration.ofSeconds(6));
            assertThat(harmed.get()).isEqualTo(2);
            trial.finish();
        }
    }

    @FunctionalInterface
    private interface Fates {
        Fate next();
    }

    /** Cuts so often, at whatever is under way, and half of the time at a write. */
    private void cut(Fates fates) throws Exception {
        try (var trial = new Trial(url, Trial.by(wire.url(url)))) {
            trial.awaitProgress();
            wire.judge(statements -> judge(statements, CUTS, fates));
            while (harmed.get() < CUTS) trial.work(Duration.ofMillis(10));
            trial.finish();
            System.out.printf("%d connections cut, %d of them at writes, %d answers%n", harmed.get(), writes.get(), trial.answers());
        } catch (AssertionError failed) {
            throw new AssertionError("seed " + seed, failed);
        }
        assertThat(writes.get()).isGreaterThan(CUTS / 4);
    }

    private synchronized Fate judge(List<String> statements, int most, Fates fates) {
        boolean write = statements.stream().anyMatch(sql -> sql.contains("apply_batch") || sql.equals("COMMIT"));
        boolean spare = random.nextInt(write ? 10 : 30) > 0 || harmed.get() >= most;
        if (spare) return Wire.PASS;
        harmed.incrementAndGet();
        if (write) writes.incrementAndGet();
        return fates.next();
    }
}
