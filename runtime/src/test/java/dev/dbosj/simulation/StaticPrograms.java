package dev.dbosj.simulation;

import dev.dbosj.workflow.Workflow;

/** Workflows without an object. */
final class StaticPrograms {
    private StaticPrograms() {}

    @Workflow
    static long ofClass(Plan plan) throws ProgramException {
        return ((Programs) SimulatedProcess.current().memory()).func1(plan);
    }
}
