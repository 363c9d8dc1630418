package dev.dbosj.run;

import dev.dbosj.exceptions.MisuseException;

/** Which workflow the calling thread runs, and whether the thread strayed from one. */
public final class CurrentWorkflow {
    private static final ThreadLocal<WorkflowRun> OWN = new ThreadLocal<>();
    private static final InheritableThreadLocal<WorkflowRun> ANCESTOR = new InheritableThreadLocal<>();

    private CurrentWorkflow() {}

    static void bind(WorkflowRun run) {
        OWN.set(run);
        ANCESTOR.set(run);
    }

    static void unbind() {
        OWN.remove();
        ANCESTOR.remove();
    }

    /**
     * The run of the calling thread; null outside of a workflow.
     *
     * @throws MisuseException on a thread that a running workflow has started
     */
    public static WorkflowRun orNull(String call) {
        var run = OWN.get();
        if (run != null) return run;
        var ancestor = ANCESTOR.get();
        if (ancestor != null && ancestor.isRunning())
            throw new MisuseException(("%s on thread '%s', which workflow %s started: durable calls are legal only on the workflow's"
                    + " own thread. Start child workflows for parallel work.").formatted(call, Thread.currentThread().getName(), ancestor.workflowId()));
        return null;
    }

    /** The run whose workflow code, not whose step, makes the call; null elsewhere. */
    public static WorkflowRun outsideStepsOrNull(String call) {
        var run = orNull(call);
        return run == null || run.isInStep() ? null : run;
    }

    /** The run whose workflow code makes the call. */
    public static WorkflowRun require(String call) {
        var run = orNull(call);
        if (run == null) throw new MisuseException(call + " belongs in a workflow");
        return run;
    }

    /** Refuses what workflow code may do only inside a step. */
    public static void refuseOutsideSteps(String call) {
        if (outsideStepsOrNull(call) != null)
            throw new MisuseException(call + " is not recorded, so a replay could see another answer: wrap it in DBOS.runStep");
    }
}
