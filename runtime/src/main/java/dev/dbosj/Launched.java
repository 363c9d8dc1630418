package dev.dbosj;

import dev.dbosj.exceptions.MisuseException;
import dev.dbosj.run.WorkflowRun;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The runtimes of this process that have been launched and whose runs have not all ended: what {@link DBOS} refers to. */
final class Launched {
    private static final List<DBOSRuntime> RUNTIMES = new CopyOnWriteArrayList<>();

    private Launched() {}

    static void add(DBOSRuntime runtime) {
        RUNTIMES.add(runtime);
    }

    static void remove(DBOSRuntime runtime) {
        RUNTIMES.remove(runtime);
    }

    static boolean none() {
        return RUNTIMES.isEmpty();
    }

    /** The runtime that runs the given run. */
    static Assembly of(WorkflowRun run) {
        for (var runtime : RUNTIMES) if (run.belongsTo(runtime.engine.with)) return runtime.engine;
        throw new MisuseException("the runtime of workflow " + run.workflowId() + " is closed");
    }

    /** The only one. */
    static Assembly only(String call) {
        var runtimes = RUNTIMES.stream().filter(DBOSRuntime::isLaunched).toList();
        if (runtimes.size() == 1) return runtimes.getFirst().engine;
        throw new MisuseException(runtimes.isEmpty()
                ? call + " outside of a workflow needs a launched runtime: call DBOS.launch(…) first"
                : call + " outside of a workflow is ambiguous: " + runtimes.size() + " runtimes are launched in this process; call it on one of them");
    }
}
