package dev.dbosj.postgres.clock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSConfig;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.SimulatedRuntime;
import dev.dbosj.postgres.PostgresProvider;
import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Ids;
import dev.dbosj.time.Seams;
import dev.dbosj.time.Signals;
import dev.dbosj.time.Threads;
import dev.dbosj.time.Time;
import dev.dbosj.workflow.Workflow;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Executors whose machines are an hour early, right, and an hour late share one server, come and go, and go on with each
 * other's timers: none ends early, and no workflow is taken for that of a dead one.
 */
@Tag("T7")
@Timeout(120)
class ClockTest {
    private static final boolean LONG = "true".equals(System.getenv("CI"));
    private static final int SECONDS = Integer.getInteger("dbosj.seconds", LONG ? 8 : 2);
    private static final long SEED = Long.getLong("dbosj.seed", System.nanoTime() % 1_000_000);
    private static final int HOUR = 3_600;
    private static final int[] SKEWS = {-HOUR, 0, HOUR};

    /** The database's clock is read in whole milliseconds. */
    private static final long GRAIN_MILLIS = 2;

    private final AtomicInteger early = new AtomicInteger();
    private final AtomicInteger timers = new AtomicInteger();
    private final AtomicInteger twice = new AtomicInteger();
    private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
    private final Map<String, Integer> bodies = new ConcurrentHashMap<>();
    private final Random random = new Random(SEED);

    /** What an executor runs. Public so that its methods are seen from other packages. */
    public final class Naps {
        @Workflow
        public String nap(long millis) {
            var active = running.computeIfAbsent(DBOS.workflowId(), id -> new AtomicInteger());
            if (active.incrementAndGet() > 1) twice.incrementAndGet();
            try {
                long begun = DBOS.runStep("sleeps", this::begin);
                DBOS.sleep(Duration.ofMillis(millis));
                wake(begun, millis);
                long waits = DBOS.runStep("waits", this::begin);
                DBOS.recv("nothing", String.class, Duration.ofMillis(millis));
                wake(waits, millis);
                return DBOS.workflowId();
            } finally {
                active.decrementAndGet();
            }
        }

        private long begin() {
            bodies.merge(DBOS.stepKey(), 1, Integer::sum);
            return System.nanoTime();
        }

        private void wake(long begun, long millis) {
            timers.incrementAndGet();
            if (System.nanoTime() - begun < Duration.ofMillis(millis - GRAIN_MILLIS).toNanos()) early.incrementAndGet();
        }
    }

    @Test
    void noTimerEndsEarlyAndNothingIsClaimedTwice() {
        int executors = live((database, time) -> database);
        assertThat(early).as("-Ddbosj.seed=" + SEED).hasValue(0);
        assertThat(twice).as("-Ddbosj.seed=" + SEED).hasValue(0);
        assertThat(bodies.values()).as("-Ddbosj.seed=" + SEED).isNotEmpty().allMatch(times -> times == 1);
        System.out.printf("CLOCK skew ±%d s, executors %d, timers %d, early timers 0, double claims 0%n", HOUR, executors, timers.get());
    }

    /** A store that tells the time by the machine's clock is what this test is to find. */
    @Test
    @Tag("canary")
    void timersByTheMachinesClockAreNoticed() {
        live(ClockTest::byTheMachinesClock);
        assertThat(early).hasPositiveValue();
        System.out.printf("CLOCK canary machine's clock caught, early timers %d of %d%n", early.get(), timers.get());
    }

    private static SystemDatabase byTheMachinesClock(SystemDatabase database, Time time) {
        var type = SystemDatabase.class;
        return (SystemDatabase) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            if (method.getName().equals("now")) return time.now();
            try {
                return method.invoke(database, arguments);
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            }
        });
    }

    /** Executors come and go. @return how many there were */
    private int live(BiFunction<SystemDatabase, Time, SystemDatabase> store) {
        var url = PostgresServer.freshDatabase();
        var runtimes = new ArrayDeque<DBOSRuntime>();
        int launched = 0;
        try {
            while (launched < SKEWS.length) runtimes.add(launch(url, SKEWS[launched++], store));
            runtimes.getLast().registerQueue(WorkflowQueue.named("queue"));
            long end = System.nanoTime() + SECONDS * 1_000_000_000L;
            var handles = new ArrayList<WorkflowHandle<Object>>();
            do {
                for (int i = 0; i < 10; i++) {
                    var options = WorkflowOptions.id("nap-" + handles.size());
                    handles.add(runtimes.getLast().enqueue(options, "queue", "nap", 300L + random.nextInt(600)));
                }
                pause();
                runtimes.removeFirst().close();
                runtimes.add(launch(url, SKEWS[launched++ % SKEWS.length], store));
            } while (System.nanoTime() < end && early.get() == 0);
            if (early.get() > 0) return launched; // others may sleep for an hour
            var last = runtimes.getLast();
            for (var handle : handles)
                assertThat(last.retrieveWorkflow(handle.workflowId(), String.class).getResult()).isEqualTo(handle.workflowId());
            assertThat(last.listWorkflows(WorkflowFilter.all().limit(100_000))).as("none was taken over").allMatch(it -> it.attempts() == 0);
        } finally {
            runtimes.forEach(DBOSRuntime::close);
        }
        return launched;
    }

    private void pause() {
        try {
            Thread.sleep(100 + random.nextInt(200));
        } catch (InterruptedException interrupt) {
            throw new IllegalStateException(interrupt);
        }
    }

    private DBOSRuntime launch(String url, int skew, BiFunction<SystemDatabase, Time, SystemDatabase> store) {
        var time = skewed(Duration.ofSeconds(skew));
        var seams = new Seams(time, Ids.random(time), Threads.system(), Signals.none());
        var config = DBOSConfig.named("clock").databaseUrl(url).shutdownHook(false).lease(Duration.ofSeconds(5))
                .pollInterval(Duration.ofMillis(50));
        var database = store.apply(new PostgresProvider().open(url, time), time);
        return SimulatedRuntime.create(config, seams, database).register(new Naps()).launch();
    }

    private static Time skewed(Duration skew) {
        var right = Time.system();
        return new Time() {
            @Override
            public Instant now() {
                return right.now().plus(skew);
            }

            @Override
            public long nanos() {
                return right.nanos();
            }

            @Override
            public void park(Duration atMost) {
                right.park(atMost);
            }
        };
    }
}
