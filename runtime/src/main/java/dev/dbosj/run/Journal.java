package dev.dbosj.run;

import dev.dbosj.commit.Chain;
import dev.dbosj.commit.CommitQueue;
import dev.dbosj.commit.Pending;
import dev.dbosj.exceptions.NonDeterministicWorkflowException;
import dev.dbosj.store.Checkpoint;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Outcome;
import dev.dbosj.time.Time;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A run's checkpoints: those of earlier attempts are read in program order, new ones are appended to the run's chain.
 * Belongs to the run's own thread.
 */
final class Journal {
    private final Chain chain;
    private final History history;
    private final CommitQueue commits;
    private final Time time;
    private int nextStep;

    Journal(Chain chain, History history, CommitQueue commits, Time time) {
        this.chain = chain;
        this.history = history;
        this.commits = commits;
        this.time = time;
    }

    /** Takes the next step number. */
    int nextStep() {
        return nextStep++;
    }

    /** How many step numbers were taken. */
    int begun() {
        return nextStep;
    }

    /** What an earlier attempt has recorded under the number, or null. */
    Checkpoint recorded(int step) {
        return history.at(step);
    }

    static NonDeterministicWorkflowException mismatch(String workflowId, int step, String recorded, String asked) {
        return new NonDeterministicWorkflowException(
                "step %d of workflow %s is recorded as '%s', but the code now asks for '%s': the workflow's code has changed, or is not deterministic. The recorded history was left as it is."
                        .formatted(step, workflowId, recorded, asked));
    }

    /** Appends a checkpoint without waiting for its commit. */
    Pending append(Checkpoint checkpoint, Effect effect) {
        return commits.submit(chain, checkpoint, effect);
    }

    /** Appends the end of the run. */
    Outcome end(Effect ending) {
        return commits.submit(chain, null, ending).await();
    }

    /** Lets the workflow go, whatever verdict the chain has met. */
    void release(Effect.Release release) {
        // In one batch with a command that is refused, the release would get the same answer.
        chain.barrier();
        commits.submit(new Chain(chain.owner(), chain.executorId()), null, release).await();
    }

    /** Waits until everything appended is durable. */
    Outcome barrier() {
        return chain.barrier();
    }

    /** The run handles a refusal by itself and goes on. */
    void reopen() {
        commits.reopen(chain);
    }

    Instant now() {
        return time.now().truncatedTo(ChronoUnit.MILLIS);
    }

    Chain chain() {
        return chain;
    }
}
