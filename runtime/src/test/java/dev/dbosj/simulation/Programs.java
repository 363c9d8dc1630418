package dev.dbosj.simulation;

import dev.dbosj.DBOS;
import dev.dbosj.DBOSRuntime;
import dev.dbosj.simulation.Op.Work;
import dev.dbosj.workflow.Step;
import dev.dbosj.workflow.Workflow;

/** The workflows and steps of one simulated process. */
final class Programs {
    private static final String SALT = "salt";
    private static final Plan WITHOUT_ARGUMENT = new Plan(42, Plan.LEAF);

    private final SimulatedProcess process;
    private final Ledger ledger;
    private final Auditor auditor;
    private DBOSRuntime runtime;

    Programs(SimulatedProcess process, Ledger ledger, Auditor auditor) {
        this.process = process;
        this.ledger = ledger;
        this.auditor = auditor;
    }

    void runOn(DBOSRuntime runtime) {
        this.runtime = runtime;
    }

    DBOSRuntime runtime() {
        return runtime;
    }

    /** What the workflow of the shape does when it is started with the plan. */
    static Plan plan(Op.Shape shape, Plan argument) {
        return shape == Op.Shape.FUNC0 || shape == Op.Shape.PROC0 ? WITHOUT_ARGUMENT : argument;
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
        if (!salt.equals(SALT) || three != 3) throw new ProgramException("arguments were mixed up: " + salt + ", " + three);
        return run(plan);
    }

    private long run(Plan plan) throws ProgramException {
        return new LiveProgram(this, process, auditor).run(plan);
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
        if (work.crashesOnce() && ledger.crashes(DBOS.stepKey())) throw new InternalError("simulated");
        if (work.stubborn()) process.sleep(work.duration());
        else sleepInterruptibly(work);
        ledger.ends(process, DBOS.stepKey());
        if (attempt <= work.failures()) throw new ProgramException(failure(attempt));
        return work.value();
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
