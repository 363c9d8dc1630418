package dev.dbosj.store;

/** What somebody waits for. */
public sealed interface Awaited {
    /** The workflow from which it is to come. */
    String workflowId();

    /** The end of the workflow: it arrives as a {@link WorkflowResult}. */
    record Result(String workflowId) implements Awaited {}

    /** An event of the workflow: it arrives as a {@link WorkflowEvent}. */
    record Event(String workflowId, String key) implements Awaited {}

    /** A message to the workflow: the oldest of the topic that it has not received, as a {@link WorkflowMessage}. */
    record Message(String workflowId, String topic) implements Awaited {}
}
