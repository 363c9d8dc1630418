package dev.dbosj.simulation;

import dev.dbosj.DBOSClient;
import dev.dbosj.exceptions.SystemDatabaseException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** One simulated process with clients in it, and a runtime unless it is a mere client, from its start to its end. */
final class Host {
    private static final int CLIENTS = 2;
    private static final Duration BEFORE_NEXT_LAUNCH = Duration.ofSeconds(1);
    /** What a close may take besides the grace for steps: an interrupt's effect and the last writes. */
    private static final Duration LAST_WRITES = Duration.ofSeconds(12);

    /** What a process is for. */
    enum Role {
        /** Runs all workflows. */
        VERSATILE_EXECUTOR,
        /** Runs all but the rare ones. */
        EXECUTOR,
        /** Runs none. */
        CLIENT
    }

    private final World world;
    private final SimulatedProcess process;
    private final SplittableRandom random;
    private final Role role;
    private DBOSClient client;
    private Programs programs;
    private boolean up;
    private boolean closing;
    private boolean closed;

    Host(World world, SimulatedProcess process, SplittableRandom random, Role role) {
        this.world = world;
        this.process = process;
        this.random = random;
        this.role = role;
    }

    SimulatedProcess process() {
        return process;
    }

    DBOSClient client() {
        return client;
    }

    /** Whether its runtime is launched, or its client connected, and will stay so. */
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
        return up && !process.hasThread("client", "waiter", "janitor", "warden", "doorman", "workflow-");
    }

    void start() {
        process.note("starts");
        process.start("main", this::main);
    }

    private void main() {
        client = untilThere(role == Role.CLIENT ? this::connect : this::launch);
        up = true;
        process.note("is up");
        for (int number = 0; number < CLIENTS; number++)
            process.start("client" + number, new Clients(random.split(), world, process, client, programs)::run);
        if (role == Role.CLIENT) return;
        Coverage.mark("DBOSRuntime.awaitShutdown()");
        try {
            programs.runtime().awaitShutdown();
        } catch (InterruptedException interrupt) {
            world.breach("the main thread of " + process + " was interrupted");
        }
    }

    private DBOSClient untilThere(Supplier<DBOSClient> attempt) {
        while (true) {
            try {
                return attempt.get();
            } catch (SystemDatabaseException away) {
                process.note("cannot connect: " + away.getMessage());
                process.sleep(BEFORE_NEXT_LAUNCH);
            }
        }
    }

    private DBOSClient connect() {
        return world.connectClient(process);
    }

    private DBOSClient launch() {
        boolean knowsTheRare = role == Role.VERSATILE_EXECUTOR;
        var runtime = world.createRuntime(process);
        programs = Programs.register(process, world.ledger(), world.auditor(), runtime, knowsTheRare);
        Coverage.mark("DBOSRuntime.registerQueue(WorkflowQueue)");
        Coverage.mark("DBOSRuntime.launch()");
        world.queues().forEach(runtime::registerQueue);
        return runtime.launch();
    }

    /** @param then what happens when it has closed */
    void close(Runnable then) {
        closing = true;
        boolean undisturbed = !world.hasFaults();
        process.start("closer", () -> {
            process.note("closing");
            Coverage.mark(role == Role.CLIENT ? "DBOSClient.close()" : "DBOSRuntime.close()");
            long begin = world.scheduler().nanos();
            client.close();
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
