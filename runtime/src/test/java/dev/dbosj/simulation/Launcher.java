package dev.dbosj.simulation;

import dev.dbosj.DBOS;
import dev.dbosj.WorkflowStarter;
import dev.dbosj.workflow.WorkflowHandle;

/** Starts workflows in every way that there is. */
final class Launcher {
    private static final String RARE = "not every process knows it: it is enqueued by name";

    private Launcher() {}

    /** @param queue null to start here and now */
    static WorkflowHandle<?> byStatics(Programs programs, Op.Shape shape, String queue, Plan plan) {
        mark("DBOS", shape, queue);
        if (queue == null) return switch (shape) {
            case FUNC0 -> DBOS.startWorkflow(programs::func0);
            case FUNC1 -> DBOS.startWorkflow(programs::func1, plan);
            case FUNC2 -> DBOS.startWorkflow(programs::func2, plan, Programs.SALT);
            case FUNC3 -> DBOS.startWorkflow(programs::func3, plan, Programs.SALT, 3);
            case INSTANCE -> DBOS.startWorkflow(programs.second()::func1, plan);
            case STATIC -> DBOS.startWorkflow(StaticPrograms::ofClass, plan);
            case FUNCTION -> DBOS.startWorkflow(programs.function(), plan);
            case RARE -> throw new IllegalArgumentException(RARE);
            case PROC0 -> DBOS.startWorkflow(programs::proc0);
            case PROC1 -> DBOS.startWorkflow(programs::proc1, plan);
            case PROC2 -> DBOS.startWorkflow(programs::proc2, plan, Programs.SALT);
            case PROC3 -> DBOS.startWorkflow(programs::proc3, plan, Programs.SALT, 3);
        };
        return switch (shape) {
            case FUNC0 -> DBOS.enqueueWorkflow(queue, programs::func0);
            case FUNC1 -> DBOS.enqueueWorkflow(queue, programs::func1, plan);
            case FUNC2 -> DBOS.enqueueWorkflow(queue, programs::func2, plan, Programs.SALT);
            case FUNC3 -> DBOS.enqueueWorkflow(queue, programs::func3, plan, Programs.SALT, 3);
            case INSTANCE -> DBOS.enqueueWorkflow(queue, programs.second()::func1, plan);
            case STATIC -> DBOS.enqueueWorkflow(queue, StaticPrograms::ofClass, plan);
            case FUNCTION -> DBOS.enqueueWorkflow(queue, programs.function(), plan);
            case RARE -> throw new IllegalArgumentException(RARE);
            case PROC0 -> DBOS.enqueueWorkflow(queue, programs::proc0);
            case PROC1 -> DBOS.enqueueWorkflow(queue, programs::proc1, plan);
            case PROC2 -> DBOS.enqueueWorkflow(queue, programs::proc2, plan, Programs.SALT);
            case PROC3 -> DBOS.enqueueWorkflow(queue, programs::proc3, plan, Programs.SALT, 3);
        };
    }

    /** A workflow whose arguments the database refuses. */
    static WorkflowHandle<?> poisoned(WorkflowStarter starter, Programs programs, Plan plan) {
        return starter.startWorkflow(programs::func2, plan, Op.Poison.VALUE);
    }

    /** The same through a starter: that of a runtime, or one with options. */
    static WorkflowHandle<?> by(WorkflowStarter starter, Programs programs, Op.Shape shape, String queue, Plan plan) {
        mark("WorkflowStarter", shape, queue);
        if (queue == null) return switch (shape) {
            case FUNC0 -> starter.startWorkflow(programs::func0);
            case FUNC1 -> starter.startWorkflow(programs::func1, plan);
            case FUNC2 -> starter.startWorkflow(programs::func2, plan, Programs.SALT);
            case FUNC3 -> starter.startWorkflow(programs::func3, plan, Programs.SALT, 3);
            case INSTANCE -> starter.startWorkflow(programs.second()::func1, plan);
            case STATIC -> starter.startWorkflow(StaticPrograms::ofClass, plan);
            case FUNCTION -> starter.startWorkflow(programs.function(), plan);
            case RARE -> throw new IllegalArgumentException(RARE);
            case PROC0 -> starter.startWorkflow(programs::proc0);
            case PROC1 -> starter.startWorkflow(programs::proc1, plan);
            case PROC2 -> starter.startWorkflow(programs::proc2, plan, Programs.SALT);
            case PROC3 -> starter.startWorkflow(programs::proc3, plan, Programs.SALT, 3);
        };
        return switch (shape) {
            case FUNC0 -> starter.enqueueWorkflow(queue, programs::func0);
            case FUNC1 -> starter.enqueueWorkflow(queue, programs::func1, plan);
            case FUNC2 -> starter.enqueueWorkflow(queue, programs::func2, plan, Programs.SALT);
            case FUNC3 -> starter.enqueueWorkflow(queue, programs::func3, plan, Programs.SALT, 3);
            case INSTANCE -> starter.enqueueWorkflow(queue, programs.second()::func1, plan);
            case STATIC -> starter.enqueueWorkflow(queue, StaticPrograms::ofClass, plan);
            case FUNCTION -> starter.enqueueWorkflow(queue, programs.function(), plan);
            case RARE -> throw new IllegalArgumentException(RARE);
            case PROC0 -> starter.enqueueWorkflow(queue, programs::proc0);
            case PROC1 -> starter.enqueueWorkflow(queue, programs::proc1, plan);
            case PROC2 -> starter.enqueueWorkflow(queue, programs::proc2, plan, Programs.SALT);
            case PROC3 -> starter.enqueueWorkflow(queue, programs::proc3, plan, Programs.SALT, 3);
        };
    }

    private static void mark(String type, Op.Shape shape, String queue) {
        Coverage.mark(type + (queue == null ? ".startWorkflow(" : ".enqueueWorkflow(String,") + shape.parameters + ")");
    }
}
