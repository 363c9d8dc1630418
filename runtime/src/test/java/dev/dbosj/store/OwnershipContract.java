package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How a workflow gets rid of its owner: it lets go, takes over from itself, or is taken over from. */
interface OwnershipContract extends Chapter {
    @Test
    default void aReleasedWorkflowCanBeClaimedAgainFromItsOldPlace() {
        insert("first", "second");
        var first = claim(join("e"), 1).getFirst().owner();
        apply(first, releasing());

        assertThat(state("first")).isEqualTo(WorkflowState.ENQUEUED);
        assertThat(status("first").executorId()).isNull();
        assertThat(status("first").epoch()).isEqualTo(2);
        assertThat(status("first").attempts()).isZero();
        assertThat(claimIds("e", 2)).containsExactly("first", "second");
    }

    @Test
    default void aWorkflowReleasedUntilLaterIsDelayedTillThen() {
        insert("first", "second");
        var first = claim(join("e"), 1).getFirst().owner();
        apply(first, new Effect.Release(time().now().plusSeconds(10), false));

        assertThat(state("first")).isEqualTo(WorkflowState.DELAYED);
        time().advance(Duration.ofMillis(9_999));
        assertThat(claimIds("e", 1)).containsExactly("second");
        time().advance(Duration.ofMillis(1));
        insert("third");
        assertThat(claimIds("e", 2)).containsExactly("first", "third");
    }

    @Test
    default void aCheckpointCanComeWithTheRelease() {
        var owner = running("id");

        assertThat(apply(new Command(owner, step(0, "1"), releasing()))).isEqualTo(Outcome.APPLIED);
        assertThat(steps("id")).containsExactly(0);
        assertThat(state("id")).isEqualTo(WorkflowState.ENQUEUED);
    }

    @Test
    default void onlyAReleaseThatCountsIsAnAttempt() {
        insert("id");
        join("e");
        apply(claim("e", 1).getFirst().owner(), releasing());
        assertThat(status("id").attempts()).isZero();

        apply(claim("e", 1).getFirst().owner(), new Effect.Release(null, true));
        assertThat(status("id").attempts()).isEqualTo(1);
        apply(claim("e", 1).getFirst().owner(), new Effect.Release(null, true));
        assertThat(claim("e", 1).getFirst().attempts()).isEqualTo(2);
    }

    @Test
    default void attemptsThatGetNowhereArePausedLongerAndLonger() {
        insert("id");
        join("e");
        var pauses = new ArrayList<Long>();
        for (int attempt = 1; attempt <= 12; attempt++) {
            apply(claim("e", 1).getFirst().owner(), new Effect.Release(null, true));
            assertThat(status("id").attempts()).isEqualTo(attempt);
            long pause = 0;
            while (isPaused()) {
                time().advance(Duration.ofSeconds(1));
                pause++;
            }
            pauses.add(pause);
        }
        assertThat(pauses).containsExactly(0L, 0L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L, 60L, 60L);
    }

    /** Whether the one workflow cannot be claimed yet. */
    private boolean isPaused() {
        var claimed = claim("e", 1);
        claimed.forEach(workflow -> apply(workflow.owner(), releasing()));
        return claimed.isEmpty();
    }

    @Test
    default void anAttemptThatGotAheadStartsTheCountAnew() {
        insert("id");
        join("e");
        apply(claim("e", 1).getFirst().owner(), new Effect.Release(null, true));
        apply(claim("e", 1).getFirst().owner(), new Effect.Release(null, true));
        var owner = claim("e", 1).getFirst().owner();
        record(owner, 0);
        apply(owner, new Effect.Release(null, true));

        assertThat(status("id").attempts()).isEqualTo(1);
        assertThat(state("id")).isEqualTo(WorkflowState.ENQUEUED);
        apply(claim("e", 1).getFirst().owner(), new Effect.Release(null, true));
        assertThat(status("id").attempts()).isEqualTo(2);
    }

    @Test
    default void aCancelledWorkflowStaysCancelledWhenItsOwnerLetsGo() {
        var owner = running("id");
        apply(cancelling("id"));

        assertThat(apply(owner, new Effect.Release(null, true))).isEqualTo(Outcome.APPLIED);
        assertThat(state("id")).isEqualTo(WorkflowState.CANCELLED);
        assertThat(status("id").executorId()).isNull();
        assertThat(status("id").epoch()).isEqualTo(2);
        assertThat(status("id").completedAt()).isNotNull();
    }

    @Test
    default void renewingRaisesTheEpochByOneAndFencesTheOldOne() {
        var owner = running("id");

        assertThat(db().renew("executor of id", List.of(owner))).isEqualTo(Map.of(owner, new Owner("id", 2)));
        assertThat(record(owner, 0)).isEqualTo(new Outcome.Fenced(2));
        assertThat(record(new Owner("id", 2), 0)).isEqualTo(Outcome.APPLIED);
        assertThat(state("id")).isEqualTo(WorkflowState.PENDING);
    }

    @Test
    default void renewingCanBeRepeatedWithoutRaisingTheEpochAgain() {
        var owner = running("id");
        var renewed = db().renew("executor of id", List.of(owner));

        assertThat(db().renew("executor of id", List.of(owner))).isEqualTo(renewed);
        assertThat(status("id").epoch()).isEqualTo(2);
        assertThat(db().renew("executor of id", renewed.values()))
                .isEqualTo(Map.of(new Owner("id", 2), new Owner("id", 3)));
    }

    @Test
    default void whatIsNotOwnedAnyMoreIsNotRenewed() {
        var finished = running("finished");
        var released = running("released");
        var heirs = running("heirs");
        var cancelled = running("cancelled");
        apply(finished, finishing("1"));
        apply(released, releasing());
        apply(heirs, releasing());
        apply(cancelling("cancelled"));
        claim(join("heir"), 2);
        var all = List.of(finished, released, heirs, cancelled, new Owner("nobody", 1));

        assertThat(db().renew("executor of finished", all)).isEmpty();
        assertThat(db().renew("executor of heirs", all)).isEmpty();
        assertThat(db().renew("heir", all)).isEmpty();
        assertThat(db().renew("executor of cancelled", all)).containsOnlyKeys(cancelled);
        assertThat(status("heirs").epoch()).isEqualTo(3);
    }

    @Test
    default void aLivingExecutorIsNotTakenOverFrom() {
        running("id");
        var seen = member("executor of id");
        time().advance(LEASE);

        assertThat(db().takeOver(seen, 10)).isZero();
        time().advance(Duration.ofMillis(1));
        assertThat(db().tick("executor of id", true).alive()).isTrue();
        time().advance(LEASE.plusMillis(1));
        assertThat(db().takeOver(seen, 10)).as("its heartbeat is not the one seen").isZero();
        assertThat(state("id")).isEqualTo(WorkflowState.PENDING);
        assertThat(db().tick("executor of id", false).alive()).isTrue();
    }

    @Test
    default void afterItsLeaseAnExecutorIsTakenOverFrom() {
        var owner = running("id");
        var seen = member("executor of id");
        time().advance(LEASE.plusMillis(1));

        assertThat(db().takeOver(seen, 10)).isEqualTo(1);
        assertThat(state("id")).isEqualTo(WorkflowState.ENQUEUED);
        assertThat(status("id").executorId()).isNull();
        assertThat(status("id").epoch()).isEqualTo(owner.epoch() + 1);
        assertThat(status("id").attempts()).isEqualTo(1);
        assertThat(claim(join("heir"), 1)).singleElement().satisfies(claimed -> {
            assertThat(claimed.owner()).isEqualTo(new Owner("id", 3));
            assertThat(claimed.hasHistory()).isTrue();
            assertThat(claimed.attempts()).isEqualTo(1);
        });
    }

    @Test
    default void anExecutorThatIsGoneIsTakenOverFromAtOnce() {
        running("id");
        var seen = member("executor of id");

        assertThat(db().takeOver(gone(seen), 10)).isEqualTo(1);
        assertThat(state("id")).isEqualTo(WorkflowState.ENQUEUED);
    }

    @Test
    default void aDeadExecutorIsTakenOverFromInBoundedBatchesAndThenForgotten() {
        join("e");
        for (var id : ids("w", 7)) insert(startedBy("e", workflow(id)));
        var seen = member("e");
        time().advance(LEASE.plusMillis(1));

        assertThat(db().takeOver(seen, 3)).isEqualTo(3);
        assertThat(db().owned("e")).hasSize(4);
        assertThat(member("e").gone()).isTrue();
        assertThat(db().takeOver(member("e"), 3)).isEqualTo(3);
        assertThat(db().takeOver(member("e"), 3)).isEqualTo(1);
        assertThat(db().executors()).isEmpty();
        assertThat(db().takeOver(seen, 3)).isZero();
        assertThat(claimIds(join("heir"), 10)).containsExactly(ids("w", 7));
    }

    @Test
    default void aFullLastBatchLeavesTheExecutorForOneMore() {
        join("e");
        for (var id : ids("w", 3)) insert(startedBy("e", workflow(id)));
        var seen = gone(member("e"));

        assertThat(db().takeOver(seen, 3)).isEqualTo(3);
        assertThat(db().executors()).hasSize(1);
        assertThat(db().takeOver(seen, 3)).isZero();
        assertThat(db().executors()).isEmpty();
    }

    @Test
    default void theDeadStayDead() {
        join("e");
        for (var id : ids("w", 2)) insert(startedBy("e", workflow(id)));
        insert("waiting");
        var seen = member("e");
        time().advance(LEASE.plusMillis(1));
        db().takeOver(seen, 1);
        db().tick("e", true);
        assertThat(member("e").heartbeat()).isEqualTo(seen.heartbeat());

        for (int look = 0; look < 2; look++) {
            assertThat(db().tick("e", true).alive()).isFalse();
            assertThat(claim("e", 10)).isEmpty();
            insert(startedBy("e", workflow("late " + look)));
            assertThat(state("late " + look)).isEqualTo(WorkflowState.ENQUEUED);
            db().takeOver(seen, 10); // the second time it is not even known any more
        }
        assertThat(db().executors()).isEmpty();
    }

    @Test
    default void takeoversWithoutProgressBetweenThemCountUpAndThenPause() {
        insert("id");
        for (int attempt = 1; attempt <= 3; attempt++) {
            var executor = join("e" + attempt);
            assertThat(claim(executor, 1)).singleElement().extracting(ClaimedWorkflow::attempts).isEqualTo(attempt - 1);
            db().takeOver(gone(member(executor)), 10);
            assertThat(status("id").attempts()).isEqualTo(attempt);
            assertThat(state("id")).isEqualTo(attempt < 3 ? WorkflowState.ENQUEUED : WorkflowState.DELAYED);
        }
        join("heir");
        time().advance(Duration.ofMillis(1_999));
        assertThat(claim("heir", 1)).isEmpty();
        time().advance(Duration.ofMillis(1));
        var owner = claim("heir", 1).getFirst().owner();
        record(owner, 0);
        db().takeOver(gone(member("heir")), 10);
        assertThat(status("id").attempts()).isEqualTo(1);
        assertThat(state("id")).isEqualTo(WorkflowState.ENQUEUED);
    }

    @Test
    default void whatWasCancelledStaysCancelledWhenItIsTakenOver() {
        running("id");
        apply(cancelling("id"));
        db().takeOver(gone(member("executor of id")), 10);

        assertThat(state("id")).isEqualTo(WorkflowState.CANCELLED);
        assertThat(status("id").executorId()).isNull();
    }

    @Test
    default void aTakeoverCarriesOutARequestedResume() {
        running("id");
        apply(cancelling("id"));
        apply(resuming("id"));
        assertThat(state("id")).isEqualTo(WorkflowState.CANCELLED);
        db().takeOver(gone(member("executor of id")), 10);

        assertThat(state("id")).isEqualTo(WorkflowState.ENQUEUED);
        assertThat(status("id").attempts()).isZero();
        assertThat(status("id").completedAt()).isNull();
    }

    @Test
    default void nobodyIsTakenOverFromWhoNeverJoined() {
        var stranger = new ExecutorInfo("stranger", "app", Set.of(), LEASE, Instant.EPOCH, true);

        assertThat(db().takeOver(stranger, 10)).isZero();
    }

    private ExecutorInfo member(String executorId) {
        return db().executors().stream().filter(one -> one.executorId().equals(executorId)).findFirst().orElseThrow();
    }

    private static ExecutorInfo gone(ExecutorInfo seen) {
        return new ExecutorInfo(
                seen.executorId(), seen.application(), seen.names(), seen.lease(), seen.heartbeat(), true);
    }
}
