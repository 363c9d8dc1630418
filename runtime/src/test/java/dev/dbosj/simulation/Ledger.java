package dev.dbosj.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What steps have done to the world outside: kept beside the database, so that it can testify against it. */
final class Ledger {
    private final Auditor auditor;
    private final Weather weather;
    private final Consumer<String> breach;
    private final Set<String> begun = new HashSet<>();
    private final Set<String> done = new HashSet<>();
    private final Map<String, Integer> crashes = new HashMap<>();
    private final Map<String, Integer> failures = new HashMap<>();

    Ledger(Auditor auditor, Weather weather, Consumer<String> breach) {
        this.auditor = auditor;
        this.weather = weather;
        this.breach = breach;
    }

    void begins(SimulatedProcess process, String workflowId, String stepKey, int attempt) {
        process.note("body of " + stepKey + " begins, attempt " + attempt);
        auditor.begins(process, workflowId, Integer.parseInt(stepKey.substring(workflowId.length() + 1)));
        boolean first = begun.add(stepKey + "/" + attempt);
        if (first || weather == Weather.STORM || crashes.containsKey(stepKey)) return;
        // Who cancels and resumes a workflow between two attempts of a step begins to count anew, and so does another
        // attempt of the workflow.
        boolean anew = auditor.ends().everCancelled(workflowId) || auditor.failures().everFailed(workflowId);
        if (done.contains(stepKey) || !anew)
            breach.accept("G3: attempt " + attempt + " of " + stepKey + " is repeated without a fault");
    }

    /** @return whether the step's body crashes: the first so many that get so far */
    boolean crashes(String stepKey, int howOften) {
        return howOften > 0 && crashes.merge(stepKey, 1, Integer::sum) <= howOften;
    }

    /** Whether the step fails: the first so many times that it gets so far. */
    boolean fails(String stepKey, int howOften) {
        return failures.merge(stepKey, 1, Integer::sum) <= howOften;
    }

    /** From the step on all is to be done again. */
    void redriven(String workflowId, int fromStep) {
        done.removeIf(stepKey -> stepKey.startsWith(workflowId + ":")
                && Integer.parseInt(stepKey.substring(workflowId.length() + 1)) >= fromStep);
    }

    /** @param isOutcome whether this is the step's outcome */
    void ends(SimulatedProcess process, String stepKey, boolean isOutcome) {
        process.note("body of " + stepKey + " ends");
        if (isOutcome) done.add(stepKey);
    }

    /** How many attempts of steps have begun, each counted once. */
    int steps() {
        return begun.size();
    }
}
