package dev.dbosj.store;

/** Something that was waited for and is there. */
public sealed interface Arrival permits WorkflowResult, WorkflowEvent, WorkflowMessage {
    /** What it answers. */
    Awaited answers();
}
