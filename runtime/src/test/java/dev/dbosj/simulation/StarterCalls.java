package dev.dbosj.simulation;

import dev.dbosj.DBOSRuntime;
import dev.dbosj.exceptions.PayloadException;
import dev.dbosj.exceptions.WorkflowConflictException;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.WorkflowHandle;
import dev.dbosj.workflow.WorkflowOptions;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** What only a process can do that knows the workflows' code: start them by method reference. */
final class StarterCalls {
    private final SplittableRandom random;
    private final World world;
    private final SimulatedProcess process;
    private final Programs programs;
    private final DBOSRuntime runtime;

    StarterCalls(SplittableRandom random, World world, SimulatedProcess process, Programs programs) {
        this.random = random;
        this.world = world;
        this.process = process;
        this.programs = programs;
        this.runtime = programs.runtime();
    }

    void call() {
        int kind = random.nextInt(56);
        if (kind < 25) startOne();
        else if (kind < 45) startJob();
        else if (kind < 50) startAll();
        else if (kind < 55) startWithWrongName();
        else startPoisoned();
    }

    private void startOne() {
        var shape = Op.Shape.draw(random);
        var plan = world.isShow() ? Plan.drawShow(random) : Plan.draw(random, 0);
        if (shape == Op.Shape.FUNC1 && random.nextBoolean()) {
            startPlainly(plan);
            return;
        }
        int priority = Plan.priority(random);
        var delay = Plan.delay(random);
        var starter = priority == 0 && delay == null
                ? runtime
                : runtime.with(WorkflowOptions.defaults().priority(priority).delay(delay));
        var handle = Launcher.by(starter, programs, shape, random.nextBoolean() ? plan.queue() : null, plan);
        acknowledged(handle);
        world.requirePriority(handle.workflowId(), priority);
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

    private void startJob() {
        int number = random.nextInt(Plan.JOBS);
        var plan = new Plan(number, 1);
        Coverage.mark("DBOSRuntime.with(WorkflowOptions)");
        var job = runtime.with(WorkflowOptions.id(Plan.job(number)).priority(Plan.priority(random)));
        acknowledged(Launcher.by(job, programs, Op.Shape.FUNC1, random.nextBoolean() ? plan.queue() : null, plan));
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
        process.note("client: started " + handle.workflowId());
        world.acknowledged(handle.workflowId());
    }
}
