package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A process works for a long time beside others that are killed and replaced, and loses its connections now and then.
 * What has ended a while ago is deleted, as users do. Afterwards it holds no more than it did at first.
 */
@EachStore
@Tag("T15")
@Timeout(4 * 3600)
@EnabledIfSystemProperty(named = "dbosj.seconds", matches = "\\d+", disabledReason = "it takes long to say anything")
class SoakTest {
    private static final int AT_A_TIME = 2;
    /** If everything takes no longer than it should. */
    private static final int SAMPLES = 30;
    private static final int FAULTS_PER_SAMPLE = 2;
    private static final double MEGABYTE = 1 << 20;

    /** Shorter runs are too short to tell a leak from a warm-up. */
    private static final double LEAST_MINUTES = 5;

    /** In megabytes a minute: half an hour would show it as clearly as a day. */
    private static final double FLAT = 0.15;

    /** Threads and files that come and go with the moment. */
    private static final int MOMENT = 6;

    private static final Duration KEPT = Duration.ofSeconds(60);

    private final Store store;
    private final Random random = new Random(Lab.SEED);
    private final Trend heap = new Trend();
    private final Trend threads = new Trend();
    private final Trend files = new Trend();
    private final Trend connections = new Trend();
    private final Trend log = new Trend();
    private final Trend tables = new Trend();
    private WorkerProcess other;
    private int faults;
    private long deleted;

    SoakTest(Store store) {
        this.store = store;
    }

    @Test
    void aProcessThatWorksForLongHoldsNoMoreThanAtFirst() throws Exception {
        try (var lab = new Lab("SoakTest", store)) {
            var elder = work(lab);
            other = work(lab);
            long began = System.nanoTime();
            var interval = Duration.ofSeconds(Course.granted()).dividedBy(SAMPLES);
            for (var course = new Course(3, 1); course.goesOn();) {
                for (int fault = 0; fault < FAULTS_PER_SAMPLE; fault++) {
                    Thread.sleep(interval.dividedBy(FAULTS_PER_SAMPLE));
                    disturb(lab);
                }
                deleted += deleteOld(lab);
                measure(lab, elder, (System.nanoTime() - began) / 60e9);
            }
            for (var worker : new WorkerProcess[] {elder, other}) worker.tell("enough");
            for (var worker : new WorkerProcess[] {elder, other}) worker.await("DONE", Lab.LONG);
            lab.awaitIdle();
            Lab.end(elder, other);
            judge(lab, (System.nanoTime() - began) / 60e9);
        }
    }

    /** What it did is not written down: a ledger would grow. */
    private static WorkerProcess work(Lab lab) throws InterruptedException {
        var job = lab.job();
        var worker = lab.start(new Job(
                job.databaseUrl(), Path.of("/dev/null"), job.life(), Duration.ofSeconds(2), "", false));
        worker.tell(Orders.command(job.life() * 1_000_000, Integer.MAX_VALUE, AT_A_TIME));
        worker.await("READY", Lab.SOON);
        return worker;
    }

    private void disturb(Lab lab) throws InterruptedException {
        faults++;
        if (store == Store.POSTGRES && random.nextBoolean()) {
            lab.tables().list("""
                    select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'worker-%'
                    """, row -> row.getBoolean(1));
            return;
        }
        lab.kill(other);
        other = work(lab);
    }

    private static long deleteOld(Lab lab) {
        var all = lab.database().changeable();
        long before = System.currentTimeMillis() - KEPT.toMillis();
        var old = " (select sequence from workflow_status where completed_at < %d)".formatted(before);
        long steps = all.number("select count(*) from operation_outputs where workflow_sequence in" + old);
        for (var table : new String[] {"operation_outputs", "workflow_events", "notifications"})
            all.change("delete from " + table + " where workflow_sequence in" + old);
        all.change("delete from workflow_status where completed_at < " + before);
        return steps;
    }

    private void measure(Lab lab, WorkerProcess elder, double minute) throws InterruptedException {
        var vitals = Vitals.parse(elder.ask("vitals", Vitals.NAME, Lab.SOON));
        heap.add(minute, vitals.heap() / MEGABYTE);
        threads.add(minute, vitals.threads());
        files.add(minute, vitals.files());
        log.add(minute, lab.database().logSize() / MEGABYTE);
        tables.add(minute, lab.database().size() / MEGABYTE);
        connections.add(minute, store == Store.SQLITE ? 0 : lab.tables().number("""
                select count(*) from pg_stat_activity where application_name = 'worker-1'
                """));
    }

    private void judge(Lab lab, double minutes) {
        long steps = deleted + lab.tablesAtRest().number("select count(*) from operation_outputs");
        var figures = String.format(Locale.ROOT,
                "SOAK %s minutes %.1f, steps %d, faults %d, heap slope %.3f MB/min, heap %.1f→%.1f MB,"
                        + " threads %.0f→%.0f, fds %.0f→%.0f, connections %.0f→%.0f, wal max %.1f MB, tables max %.1f MB, seed %d",
                store, minutes, steps, faults, heap.slope(), heap.first(), heap.last(), threads.first(), threads.last(),
                files.first(), files.last(), connections.first(), connections.last(), log.most(), tables.most(),
                Lab.SEED);
        assertThat(steps).as(figures).isPositive();
        assertThat(lab.tablesAtRest().texts("""
                select workflow_id || ' ' || status from workflow_status
                 where status not in ('SUCCESS', 'ERROR') or executor_id is not null
                """)).as(figures).isEmpty();
        if (minutes > LEAST_MINUTES) {
            assertThat(heap.slope()).as(figures).isLessThan(FLAT);
            assertThat(threads.last()).as(figures).isLessThanOrEqualTo(threads.first() + MOMENT);
            assertThat(files.last()).as(figures).isLessThanOrEqualTo(files.first() + MOMENT);
            assertThat(connections.last()).as(figures).isLessThanOrEqualTo(connections.first() + MOMENT);
        }
        lab.passed(figures);
    }
}
