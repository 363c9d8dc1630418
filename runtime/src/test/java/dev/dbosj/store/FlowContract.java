package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.QueueState;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How queues let through what they hold: partitions, rates, aging priorities, delays, pauses. */
interface FlowContract extends Chapter {
    private NewWorkflow inPartition(String key, NewWorkflow like) {
        return new NewWorkflow(
                like.workflowId(), like.uid(), like.name(), like.queueName(), like.priority(), key, null, like.input(),
                like.parentId(), like.executorId());
    }

    private NewWorkflow delayed(Duration delay, NewWorkflow like) {
        return new NewWorkflow(
                like.workflowId(), like.uid(), like.name(), like.queueName(), like.priority(), null, delay, like.input(),
                like.parentId(), null);
    }

    private void insertInPartition(String key, int count) {
        insert(IntStream.range(0, count)
                .mapToObj(n -> inPartition(key, workflow(key + n)))
                .toArray(NewWorkflow[]::new));
    }

    private Claim claimAfter(String partition, int slots) {
        return db().claim(new ClaimRequest("e", Map.of(QUEUE, slots), Set.of(NAME), slots, Map.of(QUEUE, partition)));
    }

    private static List<String> ids(Claim claim) {
        return claim.workflows().stream().map(claimed -> claimed.owner().workflowId()).toList();
    }

    private Effect steering(QueueState state) {
        return new Effect.Steer(NONCES.incrementAndGet(), QUEUE, state);
    }

    // ---- partitions ----------------------------------------------------------------------------------------------

    @Test
    default void partitionsTakeTurnsFromTheOneAfterTheLast() {
        join("e");
        insertInPartition("a", 4);
        insertInPartition("b", 2);
        insertInPartition("c", 3);

        assertThat(ids(claimAfter("a", 4))).containsExactly("b0", "c0", "a0", "b1");
        assertThat(ids(claimAfter("b", 9))).containsExactly("c1", "a1", "c2", "a2", "a3");
    }

    @Test
    default void aClaimedWorkflowShowsItsPartition() {
        join("e");
        insert(inPartition("tenant", workflow("w")));
        insert("plain");

        assertThat(claim("e", 2)).extracting(ClaimedWorkflow::partitionKey).containsExactlyInAnyOrder("tenant", null);
    }

    @Test
    default void thoseWithoutAKeyTakeTheirTurnTogether() {
        join("e");
        insert("x0", "x1");
        insertInPartition("a", 2);

        assertThat(ids(claimAfter("", 3))).containsExactly("a0", "x0", "a1");
        assertThat(ids(claimAfter("a", 3))).containsExactly("x1");
    }

    @Test
    default void inAPartitionPriorityAndAcceptanceDecide() {
        join("e");
        insert(inPartition("a", ofPriority(1, workflow("late"))));
        insert(inPartition("a", workflow("first")), inPartition("a", workflow("second")));
        insert(inPartition("a", named("other", workflow("unknown"))));

        assertThat(ids(claimAfter("", 5))).containsExactly("first", "second", "late");
    }

    @Test
    default void aFloodInOnePartitionIsClaimedToTheEnd() {
        join("e");
        insertInPartition("flood", 350);
        insertInPartition("other", 1);

        var claim = claimAfter("flood", 1000);
        assertThat(ids(claim)).hasSize(Turns.MOST).startsWith("other0", "flood0");
        assertThat(claim.again()).isZero();
        var claimed = new ArrayList<>(ids(claim));
        while (!claim.workflows().isEmpty()) {
            claim = claimAfter("flood", 1000);
            claimed.addAll(ids(claim));
        }
        assertThat(claimed).hasSize(351).doesNotHaveDuplicates();
    }

    @Test
    default void aPartitionGivesNoMoreThanItsLimitToAllTogether() {
        apply(defining(WorkflowQueue.named(QUEUE).partitionConcurrency(2)));
        join("e");
        join("f");
        insertInPartition("a", 5);
        insertInPartition("b", 1);
        insert("plain");

        assertThat(ids(claimAfter("", 9))).containsExactlyInAnyOrder("a0", "a1", "b0", "plain");
        assertThat(claimIds("f", 9)).isEmpty();
        apply(new Owner("a0", 1), finishing("1"));
        assertThat(claimIds("f", 9)).containsExactly("a2");
        apply(new Owner("a1", 1), new Effect.Release(null, false));
        assertThat(claimIds("f", 9)).containsExactly("a1");
    }

    @Test
    default void aPartitionGivesNoMoreThanItsLimitToOneExecutor() {
        apply(defining(WorkflowQueue.named(QUEUE).partitionWorkerConcurrency(1).concurrency(3)));
        join("e");
        join("f");
        join("g");
        insertInPartition("a", 5);
        insertInPartition("b", 5);

        assertThat(claimIds("e", 9)).containsExactlyInAnyOrder("a0", "b0");
        assertThat(claimIds("e", 9)).isEmpty();
        assertThat(claimIds("f", 9)).hasSize(1);
        assertThat(claimIds("g", 9)).as("the queue's own limit").isEmpty();
    }

    @Test
    default void fullPartitionsAreSteppedOver() {
        apply(defining(WorkflowQueue.named(QUEUE).partitionConcurrency(1)));
        join("e");
        for (int n = 0; n < 150; n++) insertInPartition("p%03d-".formatted(n), 2);
        var claimed = new ArrayList<String>();
        for (int n = 0; n < 3; n++) claimed.addAll(ids(claimAfter("", 1000)));

        assertThat(claimed).hasSize(150).allMatch(id -> id.endsWith("-0"));
        apply(new Owner("p149-0", 1), finishing("1"));
        assertThat(ids(claimAfter("", 1000))).containsExactly("p149-1");
    }

    // ---- rates ---------------------------------------------------------------------------------------------------

    @Test
    default void inNoWindowMoreAreStartedThanTheRateSays() {
        apply(defining(WorkflowQueue.named(QUEUE).rateLimit(3, Duration.ofSeconds(10))));
        join("e");
        insert(IntStream.range(0, 9).mapToObj(n -> "w" + n).toArray(String[]::new));

        assertThat(claimIds("e", 2)).hasSize(2);
        time().advance(Duration.ofSeconds(5));
        var claim = claimAfter("", 5);
        assertThat(ids(claim)).containsExactly("w2");
        if (claim.again().isZero()) claim = claimAfter("", 5);
        assertThat(ids(claim)).doesNotContain("w3");
        assertThat(claim.again()).isBetween(Duration.ofSeconds(5), Duration.ofMillis(5_100));

        time().advance(Duration.ofMillis(4_999));
        assertThat(claimIds("e", 5)).isEmpty();
        time().advance(claim.again().minusMillis(4_999));
        assertThat(claimIds("e", 5)).containsExactly("w3", "w4");
        assertThat(claimIds("e", 5)).isEmpty();
    }

    @Test
    default void whatGoesOnCostsNoStart() {
        apply(defining(WorkflowQueue.named(QUEUE).rateLimit(2, Duration.ofMinutes(1))));
        join("e");
        insert("a", "b", "c");
        claim("e", 1);
        apply(new Owner("a", 1), new Effect.Release(null, false));

        assertThat(claimIds("e", 5)).containsExactly("a", "b");
        apply(new Owner("a", 3), new Effect.Release(null, false));
        assertThat(claimIds("e", 5)).containsExactly("a");
    }

    @Test
    default void anIdleQueueWithARateIsNotWorthAskingAgain() {
        apply(defining(WorkflowQueue.named(QUEUE).rateLimit(2, Duration.ofMinutes(1))));
        join("e");
        insert("a");
        claim("e", 5);

        assertThat(claimAfter("", 5).again()).isNull();
    }

    @Test
    default void eachPartitionHasItsRateAndOthersHaveTheirTurns() {
        apply(defining(WorkflowQueue.named(QUEUE).partitionRateLimit(1, Duration.ofMinutes(1))));
        join("e");
        for (int n = 0; n < 120; n++) insertInPartition("p%03d-".formatted(n), 2);
        var claimed = new ArrayList<String>();
        for (int n = 0; n < 3; n++) claimed.addAll(ids(claimAfter("", 1000)));

        assertThat(claimed).hasSize(120).allMatch(id -> id.endsWith("-0"));
        var claim = claimAfter("", 1000);
        assertThat(claim.workflows()).isEmpty();
        assertThat(claim.again()).isBetween(Duration.ofSeconds(60), Duration.ofMillis(60_600));
        insertInPartition("q", 1);
        assertThat(ids(claimAfter("", 1000))).containsExactly("q0");
        apply(new Owner("p007-0", 1), new Effect.Release(null, false));
        assertThat(ids(claimAfter("", 1000))).containsExactly("p007-0");
        time().advance(claim.again());
        assertThat(ids(claimAfter("", 1000))).hasSizeGreaterThanOrEqualTo(Turns.MOST - 1);
    }

    @Test
    default void theRateOfTheQueueHoldsForAllItsPartitionsTogether() {
        apply(defining(WorkflowQueue.named(QUEUE)
                .rateLimit(3, Duration.ofMinutes(1))
                .partitionRateLimit(2, Duration.ofMinutes(1))));
        join("e");
        insertInPartition("a", 5);
        insertInPartition("b", 5);

        var claimed = new ArrayList<>(ids(claimAfter("", 10)));
        claimed.addAll(ids(claimAfter("", 10)));
        assertThat(claimed).containsExactlyInAnyOrder("a0", "b0", "a1");
    }

    // ---- priorities that age ---------------------------------------------------------------------------------------

    @Test
    default void anAgedWorkflowOvertakesYoungerOnesOfHigherPriority() {
        apply(defining(WorkflowQueue.named(QUEUE).priorityAging(Duration.ofSeconds(10))));
        join("e");
        insert(ofPriority(2, workflow("low")));
        time().advance(Duration.ofSeconds(19));
        insert("before");
        time().advance(Duration.ofSeconds(2));
        insert("behind");

        assertThat(claimIds("e", 3)).containsExactly("before", "low", "behind");
    }

    @Test
    default void whatAgedKeepsItsPlaceWhenItIsGivenBack() {
        apply(defining(WorkflowQueue.named(QUEUE).priorityAging(Duration.ofSeconds(10))));
        join("e");
        insert(ofPriority(1, workflow("low")));
        claim("e", 1);
        time().advance(Duration.ofSeconds(11));
        insert("late");
        apply(new Owner("low", 1), new Effect.Release(null, false));

        assertThat(claimIds("e", 2)).containsExactly("low", "late");
    }

    // ---- delays --------------------------------------------------------------------------------------------------

    @Test
    default void aDelayedWorkflowIsClaimedWhenItsTimeHasCome() {
        join("e");
        insert(delayed(Duration.ofMinutes(5), workflow("w")));

        var claim = claimAfter("", 5);
        assertThat(claim.workflows()).isEmpty();
        assertThat(claim.again()).isEqualTo(Duration.ofMinutes(5));
        assertThat(state("w")).isEqualTo(WorkflowState.DELAYED);
        time().advance(Duration.ofMinutes(5).minusMillis(1));
        assertThat(claimIds("e", 5)).isEmpty();
        time().advance(Duration.ofMillis(1));
        assertThat(claimIds("e", 5)).containsExactly("w");
        assertThat(claimAfter("", 5).again()).isNull();
    }

    @Test
    default void aDelayedWorkflowCanBeCancelledAndResumed() {
        join("e");
        insert(delayed(Duration.ofMinutes(5), workflow("w")));
        apply(cancelling("w"));
        time().advance(Duration.ofMinutes(6));
        assertThat(claimIds("e", 5)).isEmpty();

        apply(resuming("w"));
        assertThat(claimIds("e", 5)).containsExactly("w");
    }

    // ---- states of a queue -----------------------------------------------------------------------------------------

    @Test
    default void aPausedQueueGivesNothingUntilItIsResumed() {
        apply(defining(WorkflowQueue.named(QUEUE)));
        join("e");
        insert("a");
        insertInPartition("p", 1);
        apply(steering(QueueState.PAUSED));

        assertThat(db().queueStates()).containsExactly(Map.entry(QUEUE, QueueState.PAUSED));
        assertThat(claimIds("e", 5)).isEmpty();
        apply(defining(WorkflowQueue.named(QUEUE).concurrency(9)));
        assertThat(claimIds("e", 5)).as("a new definition does not resume it").isEmpty();
        apply(steering(QueueState.ACTIVE));
        assertThat(db().queueStates()).isEmpty();
        assertThat(claimIds("e", 5)).containsExactlyInAnyOrder("a", "p0");
    }

    @Test
    default void aDrainingQueueGivesOn() {
        apply(defining(WorkflowQueue.named(QUEUE)));
        join("e");
        insert("a");
        apply(steering(QueueState.DRAINING));

        assertThat(claimIds("e", 5)).containsExactly("a");
    }

    @Test
    default void executorsLearnOfAChangedState() {
        apply(defining(WorkflowQueue.named(QUEUE)));
        join("e");
        long version = db().tick("e", false).queuesVersion();
        apply(steering(QueueState.PAUSED));

        assertThat(db().tick("e", false).queuesVersion()).isNotEqualTo(version);
    }

    @Test
    default void thereIsNoStateOfAnUnknownQueue() {
        assertThat(apply(steering(QueueState.PAUSED)))
                .isEqualTo(new Outcome.Refused(Outcome.Reason.NO_SUCH_QUEUE, QUEUE));
    }

    @Test
    default void statesComeByTheNamesOfTheirQueues() {
        var names = List.of("a", "b", "c", "d", "e", "f", "g");
        for (var name : names) {
            apply(defining(WorkflowQueue.named(name)));
            apply(new Effect.Steer(NONCES.incrementAndGet(), name, QueueState.PAUSED));
        }
        assertThat(db().queueStates().keySet()).containsExactlyElementsOf(names);
    }

    @Test
    default void aDefinitionIsReadAsItWasWritten() {
        var queue = WorkflowQueue.named(QUEUE)
                .concurrency(5)
                .workerConcurrency(4)
                .rateLimit(30, Duration.ofSeconds(10))
                .partitionConcurrency(3)
                .partitionWorkerConcurrency(2)
                .partitionRateLimit(7, Duration.ofDays(1))
                .priorityAging(Duration.ofMinutes(1));
        apply(defining(queue));

        assertThat(db().queues()).containsExactly(queue);
        apply(defining(WorkflowQueue.named(QUEUE)));
        assertThat(db().queues()).containsExactly(WorkflowQueue.named(QUEUE));
    }
}
