package dev.dbosj.simulation;

import dev.dbosj.store.Command;
import dev.dbosj.store.Effect;
import dev.dbosj.store.Effect.Amendment;
import dev.dbosj.store.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Knows who has asked to cancel and to resume, so that nothing is cancelled or resumed that nobody has asked for. */
final class ChangeWitness {
    private final Tally tally;
    private final Consumer<String> breach;
    private final Map<Long, Outcome> answers = new HashMap<>();
    /** Who is cancelled by the write that is looked at. */
    private final Set<String> cancelling = new HashSet<>();
    /** Who was asked to be resumed, and has not been; an owner may have to let go first. */
    private final Set<String> resuming = new HashSet<>();

    ChangeWitness(Tally tally, Consumer<String> breach) {
        this.tally = tally;
        this.breach = breach;
    }

    /**
     * Learns of a write.
     *
     * @return the changes that were carried out now, not before
     */
    List<Effect.Change> learn(List<Command> batch, List<Outcome> outcomes, boolean late) {
        cancelling.clear();
        var fresh = new ArrayList<Effect.Change>();
        for (int i = 0; i < batch.size(); i++) {
            if (batch.get(i).effect() instanceof Effect.Redrive redrive
                    && outcomes.get(i) instanceof Outcome.Applied applied
                    && isFresh(redrive.nonce(), redrive, "REDRIVE", applied, late)) resuming.addAll(applied.ids());
            if (!(batch.get(i).effect() instanceof Effect.Change change)) continue;
            if (!(outcomes.get(i) instanceof Outcome.Applied applied)
                    || !isFresh(change.nonce(), change, change.amendment().name(), applied, late)) continue;
            fresh.add(change);
            if (change.amendment() == Amendment.RESUME) {
                resuming.addAll(applied.ids());
            } else {
                cancelling.addAll(applied.ids());
                applied.ids().forEach(resuming::remove);
            }
        }
        return fresh;
    }

    /** What comes a second time is answered as the first time, and nothing else: what was done since stays. */
    private boolean isFresh(long nonce, Effect change, String kind, Outcome.Applied answer, boolean late) {
        var first = answers.putIfAbsent(nonce, answer);
        if (first == null) return true;
        tally.count((late ? "late " : "repeated ") + kind);
        if (!first.equals(answer))
            breach.accept("P7: %s was answered %s, and when it came again %s".formatted(change, first, answer));
        return false;
    }

    /** The write has been looked at. */
    void forget() {
        cancelling.clear();
    }

    boolean isBeingCancelled(String workflowId) {
        return cancelling.contains(workflowId);
    }

    boolean isToBeResumed(String workflowId) {
        return resuming.contains(workflowId);
    }

    void resumed(String workflowId) {
        resuming.remove(workflowId);
    }
}
