package dev.dbosj.store;

import java.time.Instant;
import java.util.Objects;

/**
 * The durable record of one operation of a workflow; its first record is its only one. Absent values are null.
 *
 * @param step its number within the workflow, from 0, in program order
 * @param name the step's name
 * @param output the result as JSON
 * @param error the error as JSON
 * @param childId the child that it started or waited for
 * @param startedAt when it began, by the executor's clock, in whole milliseconds
 * @param completedAt when it ended
 */
public record Checkpoint(
        int step, String name, String output, String error, String childId, Instant startedAt, Instant completedAt) {

    /** How many characters output and error have. */
    public long length() {
        return (output == null ? 0 : output.length()) + (error == null ? 0 : error.length());
    }

    /** Whether both record the same fact; times may differ. */
    public boolean records(Checkpoint other) {
        return step == other.step
                && name.equals(other.name)
                && Objects.equals(output, other.output)
                && Objects.equals(error, other.error)
                && Objects.equals(childId, other.childId);
    }
}
