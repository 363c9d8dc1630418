package dev.dbosj.simulation;

import java.util.HashSet;
import java.util.Set;

/** What steps have done to the world outside: kept beside the database, so that it can testify against it. */
final class Ledger {
    private final Auditor auditor;
    private final Set<String> begun = new HashSet<>();

    Ledger(Auditor auditor) {
        this.auditor = auditor;
    }

    /** @return whether no body of this step has begun before, anywhere */
    boolean begins(SimulatedProcess process, String workflowId, String stepKey, int attempt) {
        process.note("body of " + stepKey + " begins, attempt " + attempt);
        auditor.begins(process, workflowId, Integer.parseInt(stepKey.substring(workflowId.length() + 1)));
        return begun.add(stepKey);
    }

    void ends(SimulatedProcess process, String stepKey) {
        process.note("body of " + stepKey + " ends");
    }

    int bodies() {
        return begun.size();
    }
}
