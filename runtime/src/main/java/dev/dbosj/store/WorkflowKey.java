package dev.dbosj.store;

import java.time.Duration;

/**
 * What only one workflow of a queue can hold at a time: either until it is terminal, or, among those of one name, while
 * it is DELAYED since its insert. Who was cancelled has lost it, also if it is resumed.
 *
 * @param value the key
 * @param longestDelay for how long its holder can be put off by {@link Effect.Debounce}, since its insert; null if it
 *     cannot, and holds the key until it is terminal
 */
public record WorkflowKey(String value, Duration longestDelay) {
    /** Whether it is held only while its holder is DELAYED. */
    public boolean isHeldWhileDelayed() {
        return longestDelay != null;
    }

    /** Among which workflows of its queue it is held: those of that name, or all if this is empty. */
    public String scope(String workflowName) {
        return isHeldWhileDelayed() ? workflowName : "";
    }
}
