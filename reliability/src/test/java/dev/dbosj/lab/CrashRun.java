package dev.dbosj.lab;

import dev.dbosj.LabRuntime;
import dev.dbosj.lab.CrashLife.Point;
import dev.dbosj.store.ExecutorInfo;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.Tick;
import dev.dbosj.time.Ids;
import dev.dbosj.time.Seams;
import dev.dbosj.time.Signals;
import dev.dbosj.time.Threads;
import dev.dbosj.time.Time;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** One script, from the beginning to its end, by as many processes as it takes. */
final class CrashRun {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final String RECORDED = """
            select w.workflow_id || ':' || o.step
              from operation_outputs o join workflow_status w on w.sequence = o.workflow_sequence
             where o.name not like 'DBOS.%' and o.child_id is null
            """;
    private static final String OPEN = """
            select count(*) from workflow_status where completed_at is null or executor_id is not null
            """;

    /** Only who is too early for a message records until when it waits, and what comes after has other numbers. */
    private static final Pattern WAIT = Pattern.compile("DBOS\\.recv .*\"until\"");
    private static final String NUMBERED_RECEIPT = " \\| \\d+ \\| DBOS\\.recv";

    /**
     * What came of it.
     *
     * @param calls how many calls each process has made
     * @param deaths at which of them processes have died
     * @param outcomes what is in the database
     * @param effects how often each step was done, by its key
     * @param wrong completed steps that were done again, and what has not ended
     */
    record End(
            List<Integer> calls,
            List<String> deaths,
            List<String> outcomes,
            Map<String, Integer> effects,
            List<String> wrong) {
        int mostRepeats() {
            return effects.values().stream().mapToInt(Integer::intValue).max().orElse(1) - 1;
        }
    }

    private final CrashPlace place;
    private final CrashScript.Order order;
    private final Map<String, Integer> effects = new ConcurrentHashMap<>();
    private final Set<String> recorded = new HashSet<>();
    private final List<Integer> calls = new ArrayList<>();
    private final List<String> deaths = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();

    private CrashRun(CrashPlace place, CrashScript.Order order) {
        this.place = place;
        this.order = order;
    }

    /** Lets one process after the other die at these points, and the last one finish. */
    static End of(CrashPlace place, CrashScript.Order order, Point... points) throws Exception {
        place.empty();
        var run = new CrashRun(place, order);
        for (var point : points) run.live(new CrashLife(point, place::closed));
        run.live(new CrashLife(Point.NEVER, place::closed));
        return new End(run.calls, run.deaths, run.outcomes(), Map.copyOf(run.effects), run.wrong);
    }

    private List<String> outcomes() {
        var tables = place.tables();
        if (tables.number(OPEN) > 0) wrong.add("it did not come to its end");
        var outcomes = new ArrayList<>(tables.outcomes().stream().filter(outcome -> !WAIT.matcher(outcome).find())
                .map(outcome -> outcome.replaceFirst(NUMBERED_RECEIPT, " | DBOS.recv")).toList());
        outcomes.addAll(tables.texts("select message from notifications where message is not null"));
        return outcomes;
    }

    private void live(CrashLife life) throws Exception {
        place.live(life);
        var before = Map.copyOf(effects);
        var store = new AtomicReference<SystemDatabase>();
        Thread.ofVirtual().start(() -> {
            try {
                var script = new CrashScript(life, effects, order);
                var dbos = LabRuntime.create(place.config(), seams(life), opened -> {
                    store.set(opened);
                    return allOthersGone(opened);
                });
                dbos.register(script);
                script.ask(dbos);
                while (!life.isDead() && place.tables().number(OPEN) > 0) Thread.sleep(2);
                life.ended().countDown();
            } catch (Exception failure) {
                if (life.isDead()) return;
                wrong.add(failure.toString());
                life.ended().countDown();
            }
        });
        if (!life.ended().await(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) wrong.add("it hangs");
        boolean died = life.isDead();
        life.kill();
        life.closeConnections();
        if (store.get() != null) store.get().close();
        calls.add(life.calls());
        if (died) deaths.add(life.lastWords());
        for (var step : recorded)
            if (!Objects.equals(effects.get(step), before.get(step)))
                wrong.add("done again although it was recorded: " + step);
        recorded.addAll(place.tables().texts(RECORDED));
    }

    /** The news of a death comes at once, also where otherwise a lease would have to end. */
    private static SystemDatabase allOthersGone(SystemDatabase database) {
        var type = SystemDatabase.class;
        InvocationHandler calls = (proxy, method, arguments) -> {
            try {
                var result = method.invoke(database, arguments);
                return result instanceof Tick tick ? allOthersGone(tick) : result;
            } catch (InvocationTargetException failure) {
                throw failure.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }

    private static Tick allOthersGone(Tick tick) {
        var others = tick.others().stream().map(CrashRun::gone).toList();
        return new Tick(tick.alive(), tick.now(), tick.cancelled(), others, tick.queuesVersion());
    }

    private static ExecutorInfo gone(ExecutorInfo other) {
        return new ExecutorInfo(
                other.executorId(), other.application(), other.names(), other.lease(), other.heartbeat(), true);
    }

    /** Nothing but virtual threads, which go when nobody can wake them; those of the dead stay where they wait. */
    private static Seams seams(CrashLife life) {
        var system = Time.system();
        var time = new Time() {
            @Override
            public Instant now() {
                return system.now();
            }

            @Override
            public long nanos() {
                return system.nanos();
            }

            @Override
            public void park(Duration atMost) {
                if (life.isDead()) life.stand();
                system.park(atMost);
                if (life.isDead()) life.stand();
            }
        };
        return new Seams(time, Ids.random(time), new VirtualThreads(), Signals.none());
    }

    private static final class VirtualThreads implements Threads {
        @Override
        public Thread startWorkflow(String name, Runnable body) {
            return Thread.ofVirtual().name(name).start(body);
        }

        @Override
        public Thread startEngine(String name, Runnable loop) {
            return Thread.ofVirtual().name(name).start(loop);
        }

        @Override
        public <T> T callDatabase(Supplier<T> call) {
            return call.get();
        }

        @Override
        public Thread shutdownHook(String name, Runnable body) {
            throw new UnsupportedOperationException("nobody asks for one");
        }
    }
}
