package dev.dbosj.simulation;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.simulation.Op.Work;
import dev.dbosj.workflow.Functions.Func1;
import dev.dbosj.workflow.BatchItem;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.Workflow;
import java.util.List;

/** The workflows and steps of one simulated process. */
final class Programs {
    static final String SALT = "salt";
    /** The name of a workflow that no executor knows. */
    static final String UNKNOWN = "unknown";

    private static final Plan WITHOUT_ARGUMENT = new Plan(42, Plan.LEAF);

    private final SimulatedProcess process;
    private final Ledger ledger;
    private final Auditor auditor;
    private final DBOSRuntime runtime;
    private Programs second;
    private Func1<Plan, Long, RuntimeException> function;

    private Programs(SimulatedProcess process, Ledger ledger, Auditor auditor, DBOSRuntime runtime) {
        this.process = process;
        this.ledger = ledger;
        this.auditor = auditor;
        this.runtime = runtime;
    }

    /** Registers workflows in every way that there is. */
    static Programs register(
            SimulatedProcess process, Ledger ledger, Auditor auditor, DBOSRuntime runtime, boolean knowsTheRare) {
        Coverage.mark("DBOSRuntime.register(Object)");
        Coverage.mark("DBOSRuntime.register(String,Object)");
        Coverage.mark("DBOSRuntime.register(Class)");
        Coverage.mark("DBOSRuntime.registerWorkflow(String,Class,Class,Func1)");
        var programs = new Programs(process, ledger, auditor, runtime);
        programs.second = new Programs(process, ledger, auditor, runtime);
        runtime.register(programs).register("second", programs.second).register(StaticPrograms.class);
        if (knowsTheRare) runtime.register("rare", new Programs(process, ledger, auditor, runtime));
        programs.function = runtime.registerWorkflow("function", Plan.class, Long.class, programs::func1);
        process.remember(programs);
        return programs;
    }

    DBOSRuntime runtime() {
        return runtime;
    }

    /** Another object of this class, registered under a name of its own. */
    Programs second() {
        return second;
    }

    /** A function that was registered as a workflow. */
    Func1<Plan, Long, RuntimeException> function() {
        return function;
    }

    /** How often a workflow of the name may lose its executor without getting ahead, and still run. */
    static int mostAttempts(String name) {
        return name.startsWith("func2") || name.startsWith("proc2") ? 1 : 100;
    }

    /** What the workflow of the shape does when it is started with the plan. */
    static Plan plan(Op.Shape shape, Plan argument) {
        return shape.takesPlan() ? argument : WITHOUT_ARGUMENT;
    }

    @Workflow
    long func0() throws ProgramException {
        return run(WITHOUT_ARGUMENT);
    }

    @Workflow
    long func1(Plan plan) throws ProgramException {
        return run(plan);
    }

    @Workflow(maxRecoveryAttempts = 1)
    long func2(Plan plan, String salt) throws ProgramException {
        return run(plan, salt, 3);
    }

    @Workflow
    long func3(Plan plan, String salt, int three) throws ProgramException {
        return run(plan, salt, three);
    }

    @Workflow
    void proc0() throws ProgramException {
        run(WITHOUT_ARGUMENT);
    }

    @Workflow
    void proc1(Plan plan) throws ProgramException {
        run(plan);
    }

    @Workflow(maxRecoveryAttempts = 1)
    void proc2(Plan plan, String salt) throws ProgramException {
        run(plan, salt, 3);
    }

    @Workflow
    void proc3(Plan plan, String salt, int three) throws ProgramException {
        run(plan, salt, three);
    }

    private long run(Plan plan, String salt, int three) throws ProgramException {
        if (salt.equals(SALT) && three == 3) return run(plan);
        throw new ProgramException("arguments were mixed up: " + salt + ", " + three);
    }

    private long run(Plan plan) throws ProgramException {
        return new LiveProgram((Programs) process.memory(), process, auditor).run(plan);
    }

    long func1Step(Work work) throws ProgramException {
        return body(work);
    }

    void proc1Step(Work work) throws ProgramException {
        body(work);
    }

    long func2Step(Work work, long two) throws ProgramException {
        return body(work);
    }

    void proc2Step(Work work, long two) throws ProgramException {
        body(work);
    }

    long func3Step(Work work, long two, long three) throws ProgramException {
        return body(work);
    }

    void proc3Step(Work work, long two, long three) throws ProgramException {
        body(work);
    }

    @Step(maxAttempts = 3, intervalSeconds = 0.2, backoffRate = 3, maxIntervalSeconds = 0.5)
    long annotated(Work work) throws ProgramException {
        return body(work);
    }

    /** What every step does: leaves its mark outside of the database, takes its time, fails or not. */
    long body(Work work) throws ProgramException {
        Coverage.mark("DBOS.workflowId()");
        Coverage.mark("DBOS.stepKey()");
        Coverage.mark("DBOS.attempt()");
        var workflowId = DBOS.workflowId();
        int attempt = DBOS.attempt();
        ledger.begins(process, workflowId, DBOS.stepKey(), attempt);
        if (ledger.crashes(DBOS.stepKey(), work.crashes())) throw new InternalError("simulated");
        if (work.stubborn()) process.sleep(work.duration());
        else sleepInterruptibly(work);
        ledger.ends(process, DBOS.stepKey(), attempt > work.failures());
        if (attempt <= work.failures()) throw new ProgramException(failure(attempt));
        return work.value();
    }

    /** What several workflows do together. */
    @Step(maxAttempts = 3, intervalSeconds = 0.2)
    void batchStep(List<BatchItem<Work, Long>> items) throws ProgramException {
        for (var item : items) ledger.begins(process, item.workflowId(), item.stepKey(), item.attempt());
        for (var item : items) {
            var work = item.value();
            if (work.stubborn()) process.sleep(work.duration());
            else sleepInterruptibly(work);
            boolean fails = item.attempt() <= work.failures();
            ledger.ends(process, item.stepKey(), !fails);
            if (fails) item.fail(new ProgramException(failure(item.attempt())));
            else item.complete(work.value());
        }
    }

    /** What a step does whose failure is the workflow's. */
    long riskyBody(Op.Risk risk) throws ProgramException {
        ledger.begins(process, DBOS.workflowId(), DBOS.stepKey(), 1);
        boolean fails = ledger.fails(DBOS.stepKey(), risk.failures());
        ledger.ends(process, DBOS.stepKey(), !fails);
        if (fails) throw new ProgramException(Op.Risk.MESSAGE);
        return risk.value();
    }

    /** Only the runtime interrupts; what comes of it must not be taken for the step's outcome. */
    private void sleepInterruptibly(Work work) throws ProgramException {
        try {
            process.sleepInterruptibly(work.duration());
        } catch (InterruptedException interrupt) {
            throw new ProgramException("interrupted");
        }
    }

    static String failure(int attempt) {
        return "attempt " + attempt + " failed";
    }
}
