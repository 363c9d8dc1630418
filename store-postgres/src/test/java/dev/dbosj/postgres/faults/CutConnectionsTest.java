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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** A connection that breaks leaves the outcome open: it is found out, never assumed. */
@EnabledIf("dev.dbosj.Thorough#isWanted")
@Tag("T5")
@Timeout(3600)
class CutConnectionsTest {
    private static final int CUTS = 100;
    private static final int LATE = 20;

    private static final double SHARE = 0.2;
    private static final Toll TOLL = new Toll();

    private final long seed = Long.getLong("dbosj.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final AtomicInteger harmed = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private final ScheduledThreadPoolExecutor clock = new ScheduledThreadPoolExecutor(1);
    private String url;
    private Wire wire;

    @AfterAll
    static void print() {
        System.out.println("CUT postgres " + TOLL);
    }

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
        cut("in requests", CUTS / 2, Fate.CutInRequest::new);
    }

    @Test
    void cutsAfterTheRequestAndBeforeTheAnswer() throws Exception {
        cut("before answers", CUTS, Fate.CutBeforeAnswer::new);
    }

    @Test
    void cutsInTheMiddleOfTheAnswer() throws Exception {
        cut("in answers", CUTS / 2, () -> new Fate.CutInAnswer(1 + random.nextInt(40)));
    }

    @Test
    void cutsAfterWhichTheRequestStillArrivesWhenTheClientHasGoneOn() throws Exception {
        cut("arriving late", CUTS / 2, () -> {
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
            wire.judge(statements -> judge(statements, LATE, () -> {
                var copy = new Fate.Late(release, new CountDownLatch(1));
                late.add(copy);
                return copy;
            }));
            while (harmed.get() < LATE) trial.work(Duration.ofMillis(10));
            trial.settle();
            var before = trial.books().contents();
            release.countDown();
            for (var copy : late) assertThat(copy.done().await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(trial.books().contents()).isEqualTo(before);
            trial.finish();
            TOLL.count("when all is over", harmed.get());
            TOLL.passed(trial);
        }
        assertThat(writes.get()).isPositive();
    }

    /** The socket's own time-out is longer than the lease: the other executor would take over before. */
    @Test
    void aConnectionOnWhichNobodyAnswersDoesNotKeepAnExecutorFromBeating() throws Exception {
        try (var trial = new Trial(url, Trial.by(wire.url(url)).lease(Duration.ofSeconds(3)))) {
            trial.awaitProgress();
            wire.judge(statements -> {
                boolean beat = statements.getFirst().contains("set heartbeat");
                return beat && harmed.getAndIncrement() == 0 ? new Fate.Silence() : Wire.PASS;
            });
            trial.work(Duration.ofSeconds(4));
            assertThat(harmed.get()).isGreaterThan(1);
            trial.finish();
            TOLL.count("silent", 1);
            TOLL.passed(trial);
        }
    }

    @FunctionalInterface
    private interface Fates {
        Fate next();
    }

    /** Cuts at least so often, at whatever is under way, and half of the time at a write. */
    private void cut(String how, int cuts, Fates fates) throws Exception {
        try (var trial = new Trial(url, Trial.by(wire.url(url)))) {
            trial.awaitProgress();
            long end = Toll.end(SHARE);
            wire.judge(statements -> judge(statements, System.nanoTime() < end ? Integer.MAX_VALUE : cuts, fates));
            while (harmed.get() < cuts || System.nanoTime() < end) trial.work(Duration.ofMillis(10));
            trial.finish();
            TOLL.count(how, harmed.get());
            TOLL.passed(trial);
        } catch (AssertionError failed) {
            throw new AssertionError("seed " + seed, failed);
        }
        assertThat(writes.get()).isGreaterThan(cuts / 4);
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
