package dev.dbosj.simulation;

import dev.dbosj.exceptions.SystemDatabaseException;
import java.time.Duration;
import java.util.SplittableRandom;

/** One simulated process with a runtime and clients in it, from its start to its end. */
final class Host {
    private static final int CLIENTS = 2;
    private static final Duration BEFORE_NEXT_LAUNCH = Duration.ofSeconds(1);
    /** What a close may take besides the grace for steps: an interrupt's effect and the last writes. */
    private static final Duration LAST_WRITES = Duration.ofSeconds(12);

    private final World world;
    private final SimulatedProcess process;
    private final SplittableRandom random;
    private Programs programs;
    private boolean up;
    private boolean closing;
    private boolean closed;

    Host(World world, SimulatedProcess process, SplittableRandom random) {
        this.world = world;
        this.process = process;
        this.random = random;
    }

    SimulatedProcess process() {
        return process;
    }

    Programs programs() {
        return programs;
    }

    /** Whether its runtime is launched and will stay so. */
    boolean isServing() {
        return up && !closing && !isOver();
    }

    boolean isClosing() {
        return closing;
    }

    boolean isOver() {
        return closed || process.isDead();
    }

    /** Whether nothing is left to be done here. */
    boolean isIdle() {
        if (isOver() || closing) return true;
        return up && !process.hasThread("client", "waiter", "janitor", "workflow-");
    }

    void start() {
        process.note("starts");
        process.start("main", this::main);
    }

    private void main() {
        programs = launched();
        up = true;
        process.note("is up");
        for (int client = 0; client < CLIENTS; client++)
            process.start("client" + client, new Clients(random.split(), world, process, programs)::run);
        Coverage.mark("DBOSRuntime.awaitShutdown()");
        try {
            programs.runtime().awaitShutdown();
        } catch (InterruptedException interrupt) {
            world.breach("the main thread of " + process + " was interrupted");
        }
    }

    /** Tries until the database is there. */
    private Programs launched() {
        while (true) {
            var attempt = Programs.register(process, world.ledger(), world.auditor(), world.createRuntime(process));
            Coverage.mark("DBOSRuntime.registerQueue(WorkflowQueue)");
            Coverage.mark("DBOSRuntime.launch()");
            world.queues().forEach(attempt.runtime()::registerQueue);
            try {
                attempt.runtime().launch();
                return attempt;
            } catch (SystemDatabaseException away) {
                process.note("cannot launch: " + away.getMessage());
                process.sleep(BEFORE_NEXT_LAUNCH);
            }
        }
    }

    /** @param then what happens when it has closed */
    void close(Runnable then) {
        closing = true;
        boolean undisturbed = !world.hasFaults();
        process.start("closer", () -> {
            process.note("closing");
            Coverage.mark("DBOSRuntime.close()");
            long begin = world.scheduler().nanos();
            programs.runtime().close();
            process.note("closed");
            if (undisturbed) requireCleanEnd(Duration.ofNanos(world.scheduler().nanos() - begin));
            closed = true;
            then.run();
        });
    }

    private void requireCleanEnd(Duration took) {
        var limit = world.config().shutdownGrace().plus(LAST_WRITES);
        if (took.compareTo(limit) > 0) world.breach("close took " + took + ", more than " + limit);
        if (process.hasThread("dbosj-")) world.breach("threads are left after close: " + process.threads());
        // A step that ignores its interrupt keeps its workflow until the lease has ended.
        if (!process.hasThread("workflow-")) world.auditor().gone(process);
    }
}
