package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How workflows come to be. */
interface InsertContract extends Chapter {
    @Test
    default void anInsertedWorkflowIsEnqueuedAndShowsAllThatWasGiven() {
        insert(workflow("parent"), childOf("parent", onQueue("q", named("n", workflow("id")))));

        assertThat(status("id")).isEqualTo(new WorkflowStatus(
                "id", WorkflowState.ENQUEUED, "n", "q", 0, null, "{\"positionalArgs\":[\"id\"]}", null, null, null, 0, 0,
                "parent", time().now(), null, null, null));
    }

    @Test
    default void aWorkflowInsertedForAnExecutorIsClaimedByIt() {
        join("e");
        insert(startedBy("e", onQueue(NewWorkflow.DIRECT_QUEUE, workflow("id"))));

        assertThat(status("id")).isEqualTo(new WorkflowStatus(
                "id", WorkflowState.PENDING, NAME, null, 0, null, "{\"positionalArgs\":[\"id\"]}", null, null, "e", 1, 0, null,
                time().now(), null, time().now(), null));
        assertThat(db().owned("e")).containsExactly(new Owner("id", 1));
    }

    @Test
    default void aWorkflowInsertedForAnExecutorThatIsNoMemberIsLeftEnqueuedForOthers() {
        insert(startedBy("never joined", workflow("id")));

        assertThat(state("id")).isEqualTo(WorkflowState.ENQUEUED);
        assertThat(status("id").executorId()).isNull();
        assertThat(claimIds(join("e"), 10)).containsExactly("id");
    }

    @Test
    default void anExecutorThatIsNoMemberIsFencedFromWhatItInsertedForItself() {
        var believed = new Owner("id", 1);
        insert(startedBy("never joined", workflow("id")));

        assertThat(record(believed, 0)).isInstanceOf(Outcome.Fenced.class);
        assertThat(claim(join("e"), 1)).hasSize(1);
        assertThat(record(believed, 0)).isInstanceOf(Outcome.Fenced.class);
        assertThat(history("id")).isEmpty();
    }

    @Test
    default void aRepeatedInsertIsDoneAndChangesNothing() {
        var owner = running("id");
        var again = startedBy("executor of id", workflow("id"));
        apply(new Command(owner, step(0, "1"), Effect.NOTHING));
        var before = everything();

        assertThat(apply(inserting(again))).isEqualTo(Outcome.APPLIED);
        assertThat(apply(new Effect.Insert(List.of(again), false))).isEqualTo(Outcome.APPLIED);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void anExistingWorkflowOfTheSameNameIsJoinedAndNamed() {
        insert("old");
        var outcome = apply(inserting(workflow("new"), withUid(7, workflow("old"))));

        assertThat(outcome).isEqualTo(new Outcome.Applied(List.of("old")));
        assertThat(state("new")).isEqualTo(WorkflowState.ENQUEUED);
    }

    @Test
    default void aFinishedWorkflowIsJoinedToo() {
        apply(running("id"), finishing("1"));

        assertThat(apply(inserting(withUid(7, workflow("id"))))).isEqualTo(new Outcome.Applied(List.of("id")));
        assertThat(state("id")).isEqualTo(WorkflowState.SUCCESS);
    }

    @Test
    default void anIdTakenByAnotherNameIsRefused() {
        insert("id");

        assertRefused(apply(inserting(withUid(7, named("other", workflow("id"))))), "id");
        assertThat(status("id").name()).isEqualTo(NAME);
    }

    @Test
    default void withoutJoiningAnyTakenIdIsRefused() {
        insert("id");

        assertRefused(apply(new Effect.Insert(List.of(withUid(7, workflow("id"))), false)), "id");
    }

    @Test
    default void aRefusedInsertInsertsNoneOfItsWorkflows() {
        insert("taken");
        var before = everything();

        var stranger = withUid(7, named("other", workflow("taken")));
        assertRefused(apply(inserting(workflow("a"), stranger, workflow("b"))), "taken");
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void ofTwoInsertsOfOneIdInABatchTheSecondJoins() {
        var first = new Command(null, null, inserting(workflow("id")));
        var repeat = new Command(null, null, inserting(workflow("id")));
        var second = new Command(null, null, inserting(withUid(7, workflow("id"))));
        var stranger = new Command(null, null, inserting(withUid(8, named("other", workflow("id")))));

        var outcomes = db().apply(List.of(first, repeat, second, stranger));
        assertThat(outcomes.subList(0, 3))
                .containsExactly(Outcome.APPLIED, Outcome.APPLIED, new Outcome.Applied(List.of("id")));
        assertRefused(outcomes.get(3), "id");
        assertThat(db().workflows(WorkflowFilter.all())).hasSize(1);
    }

    @Test
    default void ofTwoWorkflowsOfOneIdInOneInsertTheSecondJoins() {
        assertThat(apply(inserting(workflow("id"), withUid(7, workflow("id")))))
                .isEqualTo(new Outcome.Applied(List.of("id")));
        assertThat(db().workflows(WorkflowFilter.all())).hasSize(1);
    }

    @Test
    default void aWorkflowCanBeInsertedAndRunInOneBatch() {
        join("e");
        var owner = new Owner("id", 1);

        assertThat(db().apply(List.of(
                        new Command(null, null, inserting(startedBy("e", workflow("id")))),
                        recording(owner, step(0, "1")),
                        new Command(owner, step(1, "2"), finishing("3")))))
                .containsOnly(Outcome.APPLIED).hasSize(3);
        assertThat(status("id").output()).isEqualTo("3");
        assertThat(steps("id")).containsExactly(0, 1);
    }

    @Test
    default void childrenComeWithTheCheckpointOfTheirParentOrNotAtAll() {
        var parent = running("parent");
        insert("taken");
        var started = new Checkpoint(0, NAME, null, null, "parent-0", null, null);
        var refused = new Checkpoint(1, NAME, null, null, "taken", null, null);

        assertThat(apply(new Command(parent, started, inserting(childOf("parent", workflow("parent-0"))))))
                .isEqualTo(Outcome.APPLIED);
        var unjoined = new Effect.Insert(List.of(withUid(7, workflow("taken"))), false);
        assertRefused(apply(new Command(parent, refused, unjoined)), "taken");
        assertThat(history("parent")).containsExactly(started);
        assertThat(status("parent-0").parentId()).isEqualTo("parent");
    }

    @Test
    default void aRepeatedInsertNamesAgainWhatItJoined() {
        var parent = running("parent");
        insert("old");
        var children = inserting(childOf("parent", workflow("new")), childOf("parent", withUid(7, workflow("old"))));
        var joined = new Outcome.Applied(List.of("old"));

        for (var command : List.of(new Command(parent, step(0, null), children), new Command(parent, null, children))) {
            assertThat(apply(command)).isEqualTo(joined);
            assertThat(apply(command)).isEqualTo(joined);
        }
        apply(parent, finishing("1"));
        assertThat(apply(new Command(parent, step(0, null), children))).isEqualTo(joined);
    }

    private static void assertRefused(Outcome outcome, String id) {
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.reason()).isEqualTo(Outcome.Reason.ID_TAKEN);
            assertThat(refused.detail()).contains(id);
        });
    }
}
