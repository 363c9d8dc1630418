package dev.dbosj.store;

import java.time.Duration;
import java.util.List;

/**
 * The answer to a {@link ClaimRequest}.
 *
 * @param workflows what was claimed, in the order in which it is to begin
 * @param again after which time there may be more although nobody tells: a delay ends, a rate limit leaves room. Zero
 *     if the store stopped before it had seen everything; null if no such time is known.
 */
public record Claim(List<ClaimedWorkflow> workflows, Duration again) {
    /** Nothing, until somebody tells. */
    public static final Claim NOTHING = new Claim(List.of(), null);
}
