package dev.dbosj.store;

/**
 * The oldest message of a topic that its workflow has not received yet.
 *
 * @param workflowId the workflow that it was sent to
 * @param topic its topic; empty for none
 * @param messageId tells it from all others that the workflow was ever sent
 * @param message JSON
 */
public record WorkflowMessage(String workflowId, String topic, String messageId, String message) implements Arrival {
    @Override
    public Awaited.Message answers() {
        return new Awaited.Message(workflowId, topic);
    }
}
