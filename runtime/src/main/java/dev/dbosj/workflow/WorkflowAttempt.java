package dev.dbosj.workflow;

import java.time.Instant;

/**
 * An attempt of a workflow that has failed, under a {@link RetryPolicy}, by its attempt time-out, or because the workflow
 * lost its executors too often. Absent values are null.
 *
 * @param number which one it was, from 1, of all that have failed; the last 100 of each workflow are kept
 * @param attempt which one it was of those that the policy counts, from 1: after a dead letter they are counted anew
 * @param error {@code {"name","message",…}}
 * @param step the operation whose recorded exception was the workflow's undoing, and which runs again; null if there was
 *     no such one, or the workflow had handled it
 * @param dead whether it was the last one, with which the workflow became a dead letter
 * @param executorId the executor on which it failed
 * @param startedAt when the attempt began
 * @param endedAt when it failed
 */
public record WorkflowAttempt(
        int number,
        int attempt,
        String error,
        Integer step,
        boolean dead,
        String executorId,
        Instant startedAt,
        Instant endedAt) {}
