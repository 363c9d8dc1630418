package dev.dbosj.simulation;

import dev.dbosj.time.Ids;
import dev.dbosj.time.Seams;
import dev.dbosj.time.Signals;
import dev.dbosj.time.Threads;
import dev.dbosj.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * An operating system's view of one executor: it has threads and clocks, can be killed (SIGKILL: no thread of it runs
 * ever again), stopped and continued (SIGSTOP, SIGCONT).
 */
final class SimulatedProcess implements Executor {
    private static final int PER_MILLE = 1_000;

    private static final ThreadLocal<SimulatedProcess> CURRENT = new ThreadLocal<>();

    private enum State {
        RUNNING,
        STOPPED,
        DEAD
    }

    private final String name;
    private final SeededScheduler scheduler;
    private final SplittableRandom random;
    private final Trace trace;
    private final Consumer<String> onBug;
    private final long nanosAtBoot;
    private final List<Runnable> held = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private Duration skew;
    private State state = State.RUNNING;
    private Object memory;
    private int ids;
    private int preemptedPerMille;

    /**
     * @param skew how far its wall clock is off, until it is set
     * @param onBug told of a thread that died of an exception
     */
    SimulatedProcess(
            String name,
            SeededScheduler scheduler,
            SplittableRandom random,
            Trace trace,
            Duration skew,
            Consumer<String> onBug) {
        this.name = name;
        this.scheduler = scheduler;
        this.random = random;
        this.trace = trace;
        this.skew = skew;
        this.onBug = onBug;
        this.nanosAtBoot = random.nextLong();
    }

    /**
     * From now on its threads give way to others not only where they wait, but also at so many of a thousand places
     * where the engine looks at a clock or gives a signal.
     */
    void preempt(int perMille) {
        preemptedPerMille = perMille;
    }

    /** The process of the calling thread. */
    static SimulatedProcess current() {
        return CURRENT.get();
    }

    /** What a static field of this process holds. */
    Object memory() {
        return memory;
    }

    void remember(Object value) {
        memory = value;
    }

    String name() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }

    // ---- what is done to it -----------------------------------------------------------------------------------------

    void kill() {
        note("killed");
        state = State.DEAD;
        held.clear();
        threads.clear();
    }

    void stop() {
        if (state != State.RUNNING) return;
        note("stopped");
        state = State.STOPPED;
    }

    void goOn() {
        if (state != State.STOPPED) return;
        note("continued");
        state = State.RUNNING;
        held.forEach(this::execute);
        held.clear();
    }

    /** Sets its wall clock forward, or back. */
    void jump(Duration howFar) {
        note("its clock is set by " + howFar);
        skew = skew.plus(howFar);
    }

    boolean isDead() {
        return state == State.DEAD;
    }

    /** Threads that have not ended. */
    List<Thread> threads() {
        return List.copyOf(threads);
    }

    /** Whether a thread whose name begins so has not ended. */
    boolean hasThread(String... beginnings) {
        return threads.stream()
                .map(thread -> thread.getName().substring(name.length() + 1))
                .anyMatch(threadName -> Arrays.stream(beginnings).anyMatch(threadName::startsWith));
    }

    // ---- its threads ------------------------------------------------------------------------------------------------

    /** One of its threads can go on. */
    @Override
    public void execute(Runnable continuation) {
        scheduler.submit(this, continuation);
    }

    /** Whether the continuation may run now; if not, it is held back or dropped. */
    boolean admits(Runnable continuation) {
        if (state == State.STOPPED) held.add(continuation);
        return state == State.RUNNING;
    }

    Thread start(String threadName, Runnable body) {
        var thread = VirtualThreads.on(this)
                .name(name + "/" + threadName)
                .inheritInheritableThreadLocals(false)
                .uncaughtExceptionHandler((dead, bug) -> onBug.accept("thread " + dead.getName() + " died of " + bug))
                .unstarted(() -> {
                    CURRENT.set(this);
                    try {
                        body.run();
                    } finally {
                        threads.remove(Thread.currentThread());
                    }
                });
        threads.add(thread);
        thread.start();
        return thread;
    }

    /** Holds the calling thread, which is one of its own, for so long; interrupts do not end it. */
    void sleep(Duration duration) {
        boolean interrupted = false;
        for (long end = scheduler.nanos() + duration.toNanos(); scheduler.nanos() < end; ) {
            park(Duration.ofNanos(end - scheduler.nanos()));
            interrupted |= Thread.interrupted();
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    /** The same, but an interrupt ends it. */
    void sleepInterruptibly(Duration duration) throws InterruptedException {
        for (long end = scheduler.nanos() + duration.toNanos(); scheduler.nanos() < end; ) {
            park(Duration.ofNanos(end - scheduler.nanos()));
            if (Thread.interrupted()) throw new InterruptedException();
        }
    }

    /** Parks the calling thread, which is one of its own, until it is unparked or the time has passed. */
    void park(Duration atMost) {
        var thread = Thread.currentThread();
        var timer = scheduler.after(atMost, () -> LockSupport.unpark(thread));
        LockSupport.park(this);
        timer.cancel();
    }

    // ---- what its program sees of the world -------------------------------------------------------------------------

    void note(String what) {
        trace.add(scheduler.nanos(), name, what);
    }

    Seams seams() {
        return new Seams(time(), ids(), new ProcessThreads(), signals());
    }

    private Time time() {
        return new Time() {
            @Override
            public Instant now() {
                preempt();
                return WorldClock.EPOCH.plusNanos(scheduler.nanos()).plus(skew);
            }

            @Override
            public long nanos() {
                preempt();
                return nanosAtBoot + scheduler.nanos();
            }

            @Override
            public void park(Duration atMost) {
                SimulatedProcess.this.park(atMost);
            }
        };
    }

    private Ids ids() {
        return new Ids() {
            @Override
            public String next() {
                return name + "-" + ids++;
            }

            @Override
            public long uid() {
                return random.nextLong();
            }

            @Override
            public double chance() {
                return random.nextDouble();
            }
        };
    }

    private Signals signals() {
        return (point, detail) -> {
            note(point.name() + " " + detail);
            // Whether the body may begin has just been decided; it is held to what was known then.
            if (point != Signals.Point.STEP_BEGINS) preempt();
        };
    }

    /** The heartbeat's thread is spared: what a process has been told, it is held to at once. */
    private void preempt() {
        if (preemptedPerMille == 0 || random.nextInt(PER_MILLE) >= preemptedPerMille) return;
        if (!Thread.currentThread().getName().endsWith("-heartbeat")) Thread.yield();
    }

    private final class ProcessThreads implements Threads {
        @Override
        public Thread startWorkflow(String threadName, Runnable body) {
            return start(threadName, body);
        }

        @Override
        public Thread startEngine(String threadName, Runnable loop) {
            return start(threadName, loop);
        }

        @Override
        public <T> T callDatabase(Supplier<T> call) {
            return call.get();
        }

        @Override
        public Thread shutdownHook(String threadName, Runnable body) {
            throw new UnsupportedOperationException("a simulated process dies without a word");
        }
    }
}
