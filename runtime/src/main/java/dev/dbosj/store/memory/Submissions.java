package dev.dbosj.store.memory;

import dev.dbosj.store.Outcome;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** What came from outside and may come again, with its answer: a repeat is known by its number. */
final class Submissions {
    private final Map<Long, Outcome.Applied> answers = new HashMap<>();

    /** Applies what comes from outside, unless it was applied before: then it is answered as it was then. */
    Outcome once(long nonce, Supplier<Outcome> submission) {
        var answered = answers.get(nonce);
        if (answered != null) return answered;
        var outcome = submission.get();
        if (outcome instanceof Outcome.Applied applied) answers.put(nonce, applied);
        return outcome;
    }
}
