package dev.dbosj.workflow;

import java.time.Instant;

/**
 * One recorded operation of a workflow. Absent values are null.
 *
 * @param step its number within the workflow, from 0
 * @param name the step's name; {@code DBOS.sleep}, {@code DBOS.getResult}, … for operations of dbosj's own; the
 *     child's workflow name where it started a child
 * @param output its result as JSON
 * @param error its error as JSON
 * @param childId the child that it started or waited for
 * @param startedAt when it began, by the clock of the executor that ran it
 * @param completedAt when it ended, by the same clock
 */
public record StepInfo(
        int step, String name, String output, String error, String childId, Instant startedAt, Instant completedAt) {}
