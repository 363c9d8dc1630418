package dev.dbosj.simulation;

import dev.dbosj.DBOSRuntime;
import dev.dbosj.exceptions.DBOSException;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.WorkflowCancelledException;
import dev.dbosj.exceptions.WorkflowConflictException;
import dev.dbosj.exceptions.WorkflowFailedException;
import dev.dbosj.exceptions.ResultTimeoutException;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.TypeRef;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Code outside of any workflow: calls all that the runtime of its process offers, in an order drawn from a seed. */
final class Clients {
    private static final int JOBS = 4;

    private final SplittableRandom random;
    private final World world;
    private final SimulatedProcess process;
    private final Programs programs;
    private final DBOSRuntime runtime;

    Clients(SplittableRandom random, World world, SimulatedProcess process, Programs programs) {
        this.random = random;
        this.world = world;
        this.process = process;
        this.programs = programs;
        this.runtime = programs.runtime();
    }

    /** Makes calls as long as the world wants some. */
    void run() {
        while (world.wantsCall(process)) {
            process.sleep(Duration.ofNanos((long) Math.pow(world.longestPause().toNanos(), random.nextDouble())));
            boundary(this::call);
        }
    }

    /** Some failures are legal: a closed runtime, a database that cannot be read. */
    private void boundary(Runnable call) {
        try {
            call.run();
        } catch (SystemDatabaseException away) {
            process.note("client: " + away.getMessage());
            if (!world.hasFaults() && !world.isClosing(process))
                world.breach("I9: a client on " + process + " saw " + away + " without a fault");
        } catch (DBOSException failure) {
            process.note("client: " + failure.getMessage());
            if (!world.isClosing(process)) world.breach("a client on " + process + " saw " + failure);
        } catch (RuntimeException bug) {
            world.breach("a client on " + process + " saw " + bug);
        }
    }

    private void call() {
        int kind = random.nextInt(100);
        if (kind < 25) startOne();
        else if (kind < 45) startJob();
        else if (kind < 50) startAll();
        else if (kind < 55) startWithWrongName();
        else if (kind < 56) startPoisoned();
        else if (kind < 65) process.start("waiter", () -> boundary(this::getResult));
        else if (kind < 72) getResultInTime();
        else if (kind < 79) cancel();
        else if (kind < 85) resume();
        else look();
    }

    private void startOne() {
        var shape = Op.Shape.draw(random);
        var plan = Plan.draw(random, 0);
        if (shape == Op.Shape.FUNC1 && random.nextBoolean()) startPlainly(plan);
        else acknowledged(Launcher.by(runtime, programs, shape, random.nextBoolean() ? plan.queue() : null, plan));
    }

    private void startPlainly(Plan plan) {
        Func1<Plan, Long, ProgramException> workflow = programs::func1;
        var queue = random.nextBoolean() ? plan.queue() : null;
        if (random.nextBoolean()) {
            Coverage.mark("DBOSRuntime.start(String,Serializable,Object[])");
            acknowledged(runtime.<Long>start(queue, workflow, plan));
        } else {
            Coverage.mark("WorkflowStarter.start(String,Serializable,Object[])");
            acknowledged(runtime.with(WorkflowOptions.defaults()).<Long>start(queue, workflow, plan));
        }
    }

    /** Everybody starts the same few jobs, which must run once. */
    private void startJob() {
        int number = random.nextInt(JOBS);
        var plan = new Plan(number, 1);
        var job = WorkflowOptions.id("job-" + number);
        Coverage.mark("DBOSRuntime.with(WorkflowOptions)");
        var queue = random.nextBoolean() ? plan.queue() : null;
        acknowledged(Launcher.by(runtime.with(job), programs, Op.Shape.FUNC1, queue, plan));
    }

    private void startWithWrongName() {
        var known = world.anyKnown(random);
        if (known == null) return;
        Coverage.mark("WorkflowStarter.with(WorkflowOptions)");
        var starter = runtime.with(WorkflowOptions.defaults()).with(WorkflowOptions.id(known));
        boolean other = runtime.getWorkflow(known).name().equals("func0");
        try {
            Launcher.by(starter, programs, other ? Op.Shape.PROC0 : Op.Shape.FUNC0, null, null);
            world.breach("G6: id " + known + " was given to a workflow of another name");
        } catch (WorkflowConflictException expected) {
            process.note("client: " + expected.getMessage());
        }
    }

    private void startPoisoned() {
        try {
            Launcher.poisoned(runtime, programs, Plan.draw(random, 0));
            world.breach("I8: a workflow was accepted whose arguments cannot be stored");
        } catch (PayloadException expected) {
            process.note("client: " + expected.getMessage());
        }
    }

    private void startAll() {
        Coverage.mark("DBOSRuntime.enqueueAll(String,Func1,Collection)");
        long seed = random.nextLong();
        int level = random.nextInt(Plan.LEAF + 1);
        var plans = LongStream.range(0, random.nextInt(6)).mapToObj(i -> new Plan(seed + i, level)).toList();
        runtime.enqueueAll(Plan.queue(level), programs::func1, plans).forEach(this::acknowledged);
    }

    private void acknowledged(WorkflowHandle<?> handle) {
        Coverage.mark("WorkflowHandle.workflowId()");
        process.note("client: started " + handle.workflowId());
        world.acknowledged(handle.workflowId());
    }

    private WorkflowHandle<?> anyHandle() {
        var known = world.anyKnown(random);
        if (known == null) return null;
        if (random.nextBoolean()) {
            Coverage.mark("DBOSClient.retrieveWorkflow(String,Class)");
            return runtime.retrieveWorkflow(known, Long.class);
        }
        Coverage.mark("DBOSClient.retrieveWorkflow(String,TypeRef)");
        return runtime.retrieveWorkflow(known, new TypeRef<Long>() {});
    }

    private void getResult() {
        var handle = anyHandle();
        if (handle == null) return;
        Coverage.mark("WorkflowHandle.getResult()");
        result(handle, null);
    }

    private void getResultInTime() {
        var handle = anyHandle();
        if (handle == null) return;
        Coverage.mark("WorkflowHandle.getResult(Duration)");
        result(handle, Duration.ofMillis(random.nextLong(3_000)));
    }

    /** Whatever it says must agree with what is on disk. */
    private void result(WorkflowHandle<?> handle, Duration timeout) {
        var id = handle.workflowId();
        try {
            var result = timeout == null ? handle.getResult() : handle.getResult(timeout);
            process.note("client: result of " + id + " is " + result);
            world.requireResult(id, WorkflowState.SUCCESS, String.valueOf(result));
        } catch (WorkflowCancelledException cancelled) {
            world.requireEverCancelled(id);
        } catch (WorkflowFailedException failed) {
            world.requireEverFailed(id);
        } catch (ResultTimeoutException late) {
            if (timeout == null) throw late;
        }
    }

    private void cancel() {
        var known = world.anyKnown(random);
        if (known == null) return;
        process.note("client: cancels " + known);
        if (random.nextBoolean()) {
            Coverage.mark("DBOSClient.cancelWorkflow(String)");
            runtime.cancelWorkflow(known);
        } else {
            Coverage.mark("WorkflowHandle.cancel()");
            runtime.retrieveWorkflow(known, Long.class).cancel();
        }
        process.note("client: cancelled " + known);
        world.auditor().cancelled(process, known);
    }

    private void resume() {
        var known = world.anyKnown(random);
        if (known == null) return;
        Coverage.mark("DBOSClient.resumeWorkflow(String)");
        process.note("client: resumes " + known);
        runtime.resumeWorkflow(known);
    }

    private void look() {
        var known = world.anyKnown(random);
        switch (random.nextInt(6)) {
            case 0 -> {
                Coverage.mark("DBOSClient.listWorkflows(WorkflowFilter)");
                int expected = world.knownCount();
                var everything = WorkflowFilter.all().limit(100_000).payloads(random.nextBoolean());
                int size = runtime.listWorkflows(everything).size();
                if (size < expected) world.breach("I3: a listing shows " + size + " workflows of " + expected);
            }
            case 1 -> {
                Coverage.mark("DBOSClient.listQueues()");
                runtime.listQueues();
            }
            case 2 -> {
                Coverage.mark("DBOSClient.registerQueue(WorkflowQueue)");
                runtime.registerQueue(WorkflowQueue.named("spare").workerConcurrency(random.nextInt(1, 5)));
            }
            case 3 -> {
                if (known == null) return;
                Coverage.mark("DBOSClient.getWorkflow(String)");
                runtime.getWorkflow(known);
            }
            case 4 -> {
                if (known == null) return;
                Coverage.mark("WorkflowHandle.getStatus()");
                anyHandle().getStatus();
            }
            default -> {
                if (known == null) return;
                Coverage.mark("DBOSClient.listWorkflowSteps(String)");
                runtime.listWorkflowSteps(known);
            }
        }
    }
}
