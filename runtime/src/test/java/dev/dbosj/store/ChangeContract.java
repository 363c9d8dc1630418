package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Cancel and resume. */
interface ChangeContract extends Chapter {
    @Test
    default void whatWaitsIsCancelledAtOnce() {
        insert("enqueued", "delayed");
        apply(new Owner("delayed", 0), releasing());
        var delayed = running("later");
        apply(delayed, new Effect.Release(time().now().plusSeconds(5), false));

        assertThat(changed(cancelling("enqueued", "later"))).containsExactlyInAnyOrder("enqueued", "later");
        assertThat(List.of(state("enqueued"), state("later"))).containsOnly(WorkflowState.CANCELLED);
        assertThat(status("enqueued").completedAt()).isEqualTo(time().now());
        time().advance(Duration.ofSeconds(10));
        assertThat(claimIds(join("e"), 10)).containsExactly("delayed");
    }

    @Test
    default void aRunningWorkflowIsCancelledAndKeepsItsOwnerUntilThatLetsGo() {
        var owner = running("id");
        apply(cancelling("id"));

        assertThat(state("id")).isEqualTo(WorkflowState.CANCELLED);
        assertThat(status("id").executorId()).isEqualTo("executor of id");
        assertThat(status("id").epoch()).isEqualTo(1);
        assertThat(apply(owner, releasing())).isEqualTo(Outcome.APPLIED);
        assertThat(status("id").executorId()).isNull();
    }

    @Test
    default void whatHasEndedIsNotCancelledAndNotResumed() {
        apply(running("good"), finishing("1"));
        apply(running("bad"), new Effect.Finish(WorkflowState.ERROR, null, "{}"));
        var before = everything();
        time().advance(Duration.ofSeconds(1));

        assertThat(changed(cancelling("good", "bad"))).isEmpty();
        assertThat(changed(resuming("good", "bad"))).isEmpty();
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void whatRunsOrWaitsIsNotResumed() {
        running("running");
        insert("enqueued");
        var before = everything();

        assertThat(changed(resuming("running", "enqueued"))).isEmpty();
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void descendantsAreChangedTooAlsoThoseBehindFinishedOnes() {
        var child = running("child of a");
        insert(childOf("a", withUid(1, workflow("a1"))), childOf("a", workflow("a2")));
        insert("a", "b");
        insert(childOf("a1", workflow("a11")), childOf("a11", workflow("a111")), childOf("b", workflow("b1")));
        apply(child, finishing("1"));
        join("e");
        assertThat(claimIds("e", 1)).containsExactly("a1");
        apply(new Owner("a1", 1), finishing("1"));

        assertThat(changed(cancelling("a"))).containsExactlyInAnyOrder("a", "a2", "a11", "a111");
        assertThat(List.of(state("a1"), state("a111"), state("b"), state("b1"))).containsExactly(
                WorkflowState.SUCCESS, WorkflowState.CANCELLED, WorkflowState.ENQUEUED, WorkflowState.ENQUEUED);
        assertThat(changed(resuming("a"))).containsExactlyInAnyOrder("a", "a2", "a11", "a111");
        assertThat(claimIds("e", 10)).containsExactly("a2", "a", "b", "a11", "a111", "b1");
    }

    @Test
    default void aWorkflowNamedTwiceIsChangedOnce() {
        insert(workflow("a"), childOf("a", workflow("b")));

        assertThat(changed(cancelling("b", "a", "b"))).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    default void anUnknownIdFailsTheWholeChange() {
        insert("id");

        assertThat(apply(cancelling("id", "nobody"))).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Outcome.Reason.NO_SUCH_WORKFLOW);
            assertThat(refused.detail()).contains("nobody");
        });
        assertThat(state("id")).isEqualTo(WorkflowState.ENQUEUED);
    }

    @Test
    default void aCancelledWorkflowIsResumedAtItsOldPlaceWithItsAttemptsForgotten() {
        insert("first", "second");
        join("e");
        apply(claim("e", 1).getFirst().owner(), new Effect.Release(null, true));
        apply(cancelling("first"));
        assertThat(changed(resuming("first"))).containsExactly("first");

        assertThat(state("first")).isEqualTo(WorkflowState.ENQUEUED);
        assertThat(status("first").attempts()).isZero();
        assertThat(status("first").completedAt()).isNull();
        assertThat(claimIds("e", 2)).containsExactly("first", "second");
    }

    @Test
    default void aDeadLetterIsResumedWithItsHistory() {
        var owner = running("id");
        record(owner, 0);
        apply(owner, new Effect.Finish(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED, null, "{}"));
        assertThat(changed(resuming("id"))).containsExactly("id");

        assertThat(status("id").error()).isNull();
        assertThat(status("id").completedAt()).isNull();
        assertThat(steps("id")).containsExactly(0);
        assertThat(claim(join("heir"), 1)).singleElement().satisfies(claimed -> {
            assertThat(claimed.attempts()).isZero();
            assertThat(claimed.hasHistory()).isTrue();
        });
    }

    @Test
    default void aCancelledWorkflowWithAnOwnerIsResumedWhenThatLetsGo() {
        var owner = running("id");
        apply(cancelling("id"));

        assertThat(changed(resuming("id"))).containsExactly("id");
        assertThat(state("id")).isEqualTo(WorkflowState.CANCELLED);
        assertThat(claim(join("e"), 1)).isEmpty();
        assertThat(record(owner, 0)).isEqualTo(new Outcome.Cancelled());
        apply(owner, releasing());
        assertThat(state("id")).isEqualTo(WorkflowState.ENQUEUED);
        assertThat(status("id").completedAt()).isNull();
        assertThat(claimIds("e", 1)).containsExactly("id");
    }

    @Test
    default void aRequestedResumeIsCarriedOutOnce() {
        var owner = running("id");
        apply(cancelling("id"));
        apply(resuming("id"));
        apply(owner, releasing());
        apply(cancelling("id"));

        assertThat(state("id")).isEqualTo(WorkflowState.CANCELLED);
    }

    @Test
    default void theLastWordCounts() {
        var owner = running("id");
        apply(cancelling("id"));
        apply(resuming("id"));
        apply(cancelling("id"));
        apply(owner, releasing());

        assertThat(state("id")).isEqualTo(WorkflowState.CANCELLED);
    }

    @Test
    default void aChangeSeesWhatTheSameBatchInserted() {
        insert("parent");

        assertThat(db().apply(List.of(
                        new Command(null, null, inserting(childOf("parent", workflow("child")))),
                        new Command(null, null, cancelling("parent")),
                        new Command(null, null, resuming("child")))))
                .containsExactly(
                        Outcome.APPLIED,
                        new Outcome.Applied(List.of("parent", "child")),
                        new Outcome.Applied(List.of("child")));
        assertThat(List.of(state("parent"), state("child")))
                .containsExactly(WorkflowState.CANCELLED, WorkflowState.ENQUEUED);
    }

    @Test
    default void aRunMayChangeOthersWithItsCheckpoint() {
        var owner = running("id");
        insert("other");

        assertThat(apply(new Command(owner, step(0, "1"), cancelling("other"))))
                .isEqualTo(new Outcome.Applied(List.of("other")));
        assertThat(state("other")).isEqualTo(WorkflowState.CANCELLED);
        assertThat(steps("id")).containsExactly(0);
    }

    private List<String> changed(Effect change) {
        return ((Outcome.Applied) apply(change)).ids();
    }

    @Test
    default void aCommandThatComesAgainChangesNothingAndIsAnsweredAsBefore() {
        insert("a");
        insert(childOf("a", workflow("b")));
        var cancel = cancelling("a");

        assertThat(apply(cancel)).isEqualTo(new Outcome.Applied(List.of("a", "b")));
        apply(resuming("a"));
        assertThat(apply(cancel)).isEqualTo(new Outcome.Applied(List.of("a", "b")));
        assertThat(state("a")).isEqualTo(WorkflowState.ENQUEUED);
        assertThat(state("b")).isEqualTo(WorkflowState.ENQUEUED);
    }

    @Test
    default void aDefinitionThatComesAgainDoesNotUndoALaterOne() {
        var first = defining(WorkflowQueue.named("q").concurrency(1));
        apply(first);
        apply(defining(WorkflowQueue.named("q").concurrency(2)));

        assertThat(apply(first)).isEqualTo(Outcome.APPLIED);
        assertThat(db().queues()).containsExactly(WorkflowQueue.named("q").concurrency(2));
    }

    @Test
    default void aCommandThatWasRefusedMayComeAgain() {
        var cancel = cancelling("a");
        assertThat(apply(cancel)).isInstanceOf(Outcome.Refused.class);
        insert("a");

        assertThat(apply(cancel)).isEqualTo(new Outcome.Applied(List.of("a")));
    }

    @Test
    default void aCancelledWorkflowThatIsToBeResumedHasNotEnded() {
        running("id");
        apply(cancelling("id"));
        assertThat(db().arrivals(results("id"))).hasSize(1);

        apply(resuming("id"));
        assertThat(db().arrivals(results("id"))).isEmpty();
    }
}
