package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a run may write: its checkpoints and its outcome, as long as it owns its workflow. */
interface RunContract extends Chapter {
    @Test
    default void aCheckpointIsReadAsItWasWritten() {
        var owner = running("id");
        var full = new Checkpoint(
                0, "s", "{\"a\":1}", "{\"name\":\"E\"}", "child", Instant.ofEpochMilli(1), Instant.ofEpochMilli(2));
        var bare = new Checkpoint(1, "s", null, null, null, null, null);

        assertThat(db().apply(List.of(recording(owner, full), recording(owner, bare)))).containsOnly(Outcome.APPLIED);
        assertThat(history("id")).containsExactly(full, bare);
    }

    @Test
    default void aRepeatedCheckpointIsDoneAndTheFirstStays() {
        var owner = running("id");
        var first = step(0, "1");
        apply(recording(owner, first));
        time().advance(Duration.ofSeconds(1));

        assertThat(apply(recording(owner, step(0, "1")))).isEqualTo(Outcome.APPLIED);
        assertThat(history("id")).containsExactly(first);
    }

    @Test
    default void anotherRecordOfTheSameStepIsRefusedWithTheRestOfTheRun() {
        var owner = running("id");
        var other = running("other");
        var first = step(0, "1");
        apply(recording(owner, first));

        var outcomes = db().apply(List.of(
                recording(owner, step(0, "2")),
                recording(other, step(0, "1")),
                recording(owner, step(1, "2")),
                new Command(owner, null, finishing("3"))));
        assertThat(outcomes.get(0)).isInstanceOfSatisfying(
                Outcome.Refused.class, refused -> assertThat(refused.reason()).isEqualTo(Outcome.Reason.STEP_TAKEN));
        assertThat(outcomes.get(1)).isEqualTo(Outcome.APPLIED);
        assertThat(outcomes.subList(2, 4)).containsOnly(outcomes.get(0));
        assertThat(history("id")).containsExactly(first);
        assertThat(state("id")).isEqualTo(WorkflowState.PENDING);
    }

    @Test
    default void ofTwoRecordsOfOneStepInABatchTheFirstStays() {
        var owner = running("id");
        var first = step(0, "1");

        var outcomes = db().apply(List.of(
                recording(owner, first), recording(owner, step(0, "1")), recording(owner, step(0, "2"))));
        assertThat(outcomes.subList(0, 2)).containsOnly(Outcome.APPLIED);
        assertThat(outcomes.get(2)).isInstanceOf(Outcome.Refused.class);
        assertThat(history("id")).containsExactly(first);
    }

    @Test
    default void aRepeatedStartOfAChildStillSaysWhatItJoined() {
        var parent = running("parent");
        insert("old");
        var start = new Command(parent, step(0, null), inserting(workflow("new"), withUid(7, workflow("old"))));

        assertThat(apply(start)).isEqualTo(new Outcome.Applied(List.of("old")));
        assertThat(apply(start)).isEqualTo(new Outcome.Applied(List.of("old")));
    }

    @Test
    default void theEffectOfARepeatedCommandIsNotRepeated() {
        var owner = running("id");
        var define = defining(WorkflowQueue.named("q").workerConcurrency(1));
        apply(new Command(owner, step(0, "1"), define));
        apply(defining(WorkflowQueue.named("q").workerConcurrency(2)));

        assertThat(apply(new Command(owner, step(0, "1"), define))).isEqualTo(Outcome.APPLIED);
        assertThat(db().queues()).containsExactly(WorkflowQueue.named("q").workerConcurrency(2));
    }

    @Test
    default void aFinishedWorkflowShowsItsOutcomeAndHasNoOwner() {
        var good = running("good");
        var bad = running("bad");
        var lost = running("lost");
        time().advance(Duration.ofSeconds(1));
        apply(good, new Effect.Finish(WorkflowState.SUCCESS, "1", null));
        apply(bad, new Effect.Finish(WorkflowState.ERROR, null, "{}"));
        apply(lost, new Effect.Finish(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED, null, null));

        assertThat(status("good").output()).isEqualTo("1");
        assertThat(status("bad").error()).isEqualTo("{}");
        assertThat(List.of(status("good"), status("bad"), status("lost"))).allSatisfy(status -> {
            assertThat(status.executorId()).isNull();
            assertThat(status.epoch()).isEqualTo(1);
            assertThat(status.completedAt()).isEqualTo(time().now());
        });
        assertThat(List.of(state("good"), state("bad"), state("lost"))).containsExactly(
                WorkflowState.SUCCESS, WorkflowState.ERROR, WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);
        assertThat(db().owned("executor of good")).isEmpty();
    }

    @Test
    default void aWholeBatchCanBeRepeated() {
        var owner = running("id");
        var batch = List.of(
                new Command(owner, step(0, "1"), inserting(childOf("id", workflow("id-0")))),
                recording(owner, step(1, "2")),
                new Command(owner, null, finishing("3")));
        db().apply(batch);
        var before = everything();
        time().advance(Duration.ofSeconds(1));

        assertThat(db().apply(batch)).containsOnly(Outcome.APPLIED).hasSize(3);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void anotherOutcomeForAFinishedWorkflowIsFenced() {
        var owner = running("id");
        apply(owner, finishing("1"));

        assertThat(apply(owner, finishing("2"))).isEqualTo(new Outcome.Fenced(1));
        assertThat(apply(owner, new Effect.Finish(WorkflowState.ERROR, null, "1"))).isEqualTo(new Outcome.Fenced(1));
        assertThat(status("id").output()).isEqualTo("1");
    }

    @Test
    default void aFinishedWorkflowTakesNothingMore() {
        var owner = running("id");
        insert("other");
        apply(owner, finishing("1"));
        var before = everything();

        for (var command : everyKindOfCommand(owner))
            assertThat(apply(command)).as(command.toString()).isEqualTo(new Outcome.Fenced(1));
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void nothingIsWrittenUnderAnOldEpoch() {
        var owner = running("id");
        insert("other");
        apply(owner, releasing());
        assertThat(claimIds(join("heir"), 1)).containsExactly("id");
        var before = everything();

        for (var command : everyKindOfCommand(owner))
            assertThat(apply(command)).as(command.toString()).isEqualTo(new Outcome.Fenced(3));
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void nothingIsWrittenAfterATakeover() {
        var owner = running("id");
        insert("other");
        var dead = db().executors().getFirst();
        time().advance(LEASE.plusMillis(1));
        assertThat(db().takeOver(dead, 10)).isEqualTo(1);
        var before = everything();

        for (var command : everyKindOfCommand(owner))
            assertThat(apply(command)).as(command.toString()).isEqualTo(new Outcome.Fenced(2));
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void nothingIsWrittenForAWorkflowThatDoesNotExistOrWasNeverClaimed() {
        insert("other", "waiting");
        var before = everything();

        for (var command : everyKindOfCommand(new Owner("nobody", 1)))
            assertThat(apply(command)).as(command.toString()).isInstanceOf(Outcome.Fenced.class);
        for (var command : everyKindOfCommand(new Owner("waiting", 0)))
            assertThat(apply(command)).as(command.toString()).isEqualTo(new Outcome.Fenced(0));
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void afterAFencedCommandTheRestOfTheRunIsFencedAndOthersGoOn() {
        var mine = running("mine");
        var lost = new Owner("mine", 0);

        assertThat(db().apply(List.of(
                        recording(lost, step(0, "1")),
                        recording(mine, step(0, "2")),
                        new Command(lost, null, finishing("1")),
                        new Command(null, null, inserting(workflow("new"))))))
                .containsExactly(new Outcome.Fenced(1), Outcome.APPLIED, new Outcome.Fenced(1), Outcome.APPLIED);
        assertThat(history("mine")).extracting(Checkpoint::output).containsExactly("2");
        assertThat(state("mine")).isEqualTo(WorkflowState.PENDING);
    }

    @Test
    default void aCancelledRunMayRecordWhatAStepDidAndNothingElse() {
        var owner = running("id");
        insert("other");
        apply(cancelling("id"));

        assertThat(record(owner, 0)).isEqualTo(new Outcome.Cancelled());
        assertThat(steps("id")).containsExactly(0);
        var before = everything();
        for (var command : everyKindOfCommand(owner)) {
            if (command.effect() instanceof Effect.Nothing || command.effect() instanceof Effect.Release) continue;
            assertThat(apply(command)).as(command.toString()).isEqualTo(new Outcome.Cancelled());
        }
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void afterTheFirstVerdictOfACancelledRunNothingOfTheBatchIsApplied() {
        var owner = running("id");
        apply(cancelling("id"));

        assertThat(db().apply(List.of(
                        recording(owner, step(0, "1")),
                        recording(owner, step(1, "2")),
                        new Command(owner, null, releasing()))))
                .containsOnly(new Outcome.Cancelled()).hasSize(3);
        assertThat(steps("id")).containsExactly(0);
        assertThat(status("id").executorId()).isNotNull();
    }

    @Test
    default void aRunIsCancelledByAnEarlierCommandOfTheSameBatch() {
        var owner = running("id");

        assertThat(db().apply(List.of(
                        recording(owner, step(0, "1")),
                        new Command(null, null, cancelling("id")),
                        recording(owner, step(1, "2")),
                        new Command(owner, null, finishing("3")))))
                .containsExactly(
                        Outcome.APPLIED,
                        new Outcome.Applied(List.of("id")),
                        new Outcome.Cancelled(),
                        new Outcome.Cancelled());
        assertThat(steps("id")).containsExactly(0, 1);
        assertThat(state("id")).isEqualTo(WorkflowState.CANCELLED);
    }

    @Test
    default void twoConnectionsSeeEachOthersWritesAtOnce() {
        var owner = running("id");
        var other = another();

        assertThat(other.apply(List.of(recording(owner, step(0, "1"))))).containsExactly(Outcome.APPLIED);
        assertThat(steps("id")).containsExactly(0);
        assertThat(apply(owner, finishing("1"))).isEqualTo(Outcome.APPLIED);
        assertThat(other.workflow("id").status()).isEqualTo(WorkflowState.SUCCESS);
    }

    /** One of each; "other" is a workflow that exists. */
    private List<Command> everyKindOfCommand(Owner owner) {
        return List.of(
                recording(owner, step(9, "9")),
                new Command(owner, null, inserting(childOf(owner.workflowId(), workflow("child")))),
                new Command(owner, step(9, "9"), inserting(childOf(owner.workflowId(), workflow("child")))),
                new Command(owner, null, finishing("9")),
                new Command(owner, step(9, "9"), finishing("9")),
                new Command(owner, null, releasing()),
                new Command(owner, null, new Effect.Release(time().now().plusSeconds(9), true)),
                new Command(owner, null, cancelling("other")),
                new Command(owner, null, resuming("other")),
                new Command(owner, null, defining(WorkflowQueue.named("new queue"))));
    }
}
