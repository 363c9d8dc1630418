package dev.dbosj.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class AlarmsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final HandSetTime time = new HandSetTime();
    private final List<Thread> threads = new ArrayList<>();
    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Alarms alarms = new Alarms(time, loop -> {
        var thread = Thread.ofVirtual().unstarted(loop);
        threads.add(thread);
        time.sleeper = thread;
        thread.start();
    });

    /** A clock that the test sets; it counts how often somebody went to sleep. */
    private static final class HandSetTime implements Time {
        final AtomicInteger parks = new AtomicInteger();
        volatile Thread sleeper;
        private volatile long nanos = Long.MAX_VALUE - SECOND.toNanos(); // a monotonic clock may run over

        void advance(Duration duration) {
            nanos += duration.toNanos();
            LockSupport.unpark(sleeper);
        }

        @Override
        public Instant now() {
            throw new UnsupportedOperationException("alarms do not ask the machine's clock");
        }

        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public void park(Duration atMost) {
            parks.incrementAndGet();
            LockSupport.park();
        }
    }

    private Alarms.Alarm set(String name, int seconds) {
        return alarms.after(SECOND.multipliedBy(seconds), () -> heard.add(name));
    }

    @AfterEach
    void close() throws InterruptedException {
        alarms.close();
        for (var thread : threads) thread.join();
    }

    @Test
    void whatIsDueHappensInItsOrderAndNothingElse() throws Exception {
        set("fourth", 40);
        set("second", 20);
        set("first", 10);
        set("third", 20);

        time.advance(SECOND.multipliedBy(20));

        assertThat(List.of(heard.take(), heard.take(), heard.take())).containsExactly("first", "second", "third");
        assertThat(heard).isEmpty();
        time.advance(SECOND.multipliedBy(20));
        assertThat(heard.take()).isEqualTo("fourth");
    }

    @Test
    void whatIsCancelledDoesNotHappen() throws Exception {
        var cancelled = set("cancelled", 1);
        set("other", 2);
        cancelled.cancel();
        time.advance(SECOND.multipliedBy(2));

        assertThat(heard.take()).isEqualTo("other");
        assertThat(heard).isEmpty();
        cancelled.cancel();
    }

    @Test
    void oneThreadDoesItAllAndThereIsNoneBefore() throws Exception {
        assertThat(threads).isEmpty();
        for (int time = 0; time < 3; time++) {
            set("alarm", 1);
            this.time.advance(SECOND);
            heard.take();
        }
        assertThat(threads).hasSize(1);
    }

    @Test
    void whatIsSetAndCancelledAgainAndAgainWakesTheThreadOnlyOnce() throws Exception {
        set("first", 1);
        while (time.parks.get() == 0) Thread.onSpinWait();
        int parks = time.parks.get();

        for (int step = 0; step < 1000; step++) set("a step's", 100).cancel();

        assertThat(time.parks.get()).isEqualTo(parks);
    }

    @Test
    void whatIsNotDueWhenItIsClosedDoesNotHappen() throws Exception {
        set("late", 1);
        alarms.close();
        for (var thread : threads) thread.join();

        time.advance(SECOND);
        assertThat(heard).isEmpty();
    }
}
