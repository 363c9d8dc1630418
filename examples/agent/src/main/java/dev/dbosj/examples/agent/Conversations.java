package dev.dbosj.examples.agent;

import dev.dbosj.DBOSClient;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** The conversations that there were about a question with a model, numbered from 1. */
final class Conversations {
    private final DBOSClient dbos;
    private final String modelName;
    private final String prefix;

    Conversations(DBOSClient dbos, String modelName, String question) {
        this.dbos = dbos;
        this.modelName = modelName;
        var subject = (modelName + "\n" + question).getBytes(StandardCharsets.UTF_8);
        this.prefix = "agent-" + UUID.nameUUIDFromBytes(subject).toString().substring(0, 8) + "-";
    }

    /**
     * The id of the last conversation, if it goes on or has ended with an answer, or else of a new one.
     *
     * @param fresh always a new one; the last one is cancelled if it goes on
     */
    String join(boolean fresh) {
        var all = WorkflowFilter.all().idPrefix(prefix).name(Agent.ANSWER + "@" + modelName).payloads(false).limit(1);
        var newest = dbos.listWorkflows(all);
        if (newest.isEmpty()) return prefix + 1;
        var last = newest.getFirst();
        if (fresh && last.completedAt() == null) dbos.cancelWorkflow(last.workflowId());
        boolean open = last.completedAt() == null || last.status() == WorkflowState.SUCCESS;
        if (open && !fresh) return last.workflowId();
        return prefix + (Integer.parseInt(last.workflowId().substring(prefix.length())) + 1);
    }
}
