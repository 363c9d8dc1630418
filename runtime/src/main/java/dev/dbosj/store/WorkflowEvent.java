package dev.dbosj.store;

/**
 * The latest value of an event.
 *
 * @param workflowId the workflow that set it
 * @param key the name of the event
 * @param value JSON
 */
public record WorkflowEvent(String workflowId, String key, String value) implements Arrival {
    @Override
    public Awaited.Event answers() {
        return new Awaited.Event(workflowId, key);
    }
}
