package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.WorkflowAttempt;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Failed attempts, and what is done with dead letters. */
interface AttemptContract extends Chapter {
    Duration PAUSE = Duration.ofSeconds(10);
    WorkflowFilter DEAD = WorkflowFilter.all().states(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);

    private static Effect failing(String error, Integer step) {
        return new Effect.Fail(error, step, PAUSE);
    }

    private static Effect dying(String error, Integer step) {
        return new Effect.Fail(error, step, null);
    }

    private void recordError(Owner owner, int number) {
        assertThat(apply(recording(owner, new Checkpoint(number, "step " + number, null, "{}", null, time().now(), time().now()))))
                .isEqualTo(Outcome.APPLIED);
    }

    private static Effect redriving(Effect.Redriven... dead) {
        return new Effect.Redrive(NONCES.incrementAndGet(), List.of(dead));
    }

    private static Effect.Redriven asItIs(String id) {
        return new Effect.Redriven(id, Duration.ZERO, null, null);
    }

    private static Effect purging(String... ids) {
        return new Effect.Purge(NONCES.incrementAndGet(), List.of(ids));
    }

    private List<String> changed(Effect effect) {
        return ((Outcome.Applied) apply(effect)).ids();
    }

    private QueueStats stats() {
        return db().queueStats().stream().filter(stats -> stats.name().equals(QUEUE)).findFirst().orElseThrow();
    }

    // ---- attempts ------------------------------------------------------------------------------------------------

    @Test
    default void aFailedAttemptWaitsLosesItsUndoingAndIsClaimedAnew() {
        insert("id");
        var owner = claim(join("e"), 1).getFirst().owner();
        record(owner, 0);
        recordError(owner, 1);

        assertThat(apply(owner, failing("{\"e\":1}", 1))).isEqualTo(Outcome.APPLIED);
        assertThat(state("id")).isEqualTo(WorkflowState.DELAYED);
        assertThat(status("id").executorId()).isNull();
        assertThat(steps("id")).containsExactly(0);
        time().advance(PAUSE.minusMillis(1));
        assertThat(claim("e", 1)).isEmpty();
        time().advance(Duration.ofMillis(1));
        var again = claim(join("heir"), 1);
        assertThat(again).singleElement().satisfies(claimed -> {
            assertThat(claimed.hasHistory()).isTrue();
            assertThat(claimed.owner().epoch()).isGreaterThan(owner.epoch());
        });
        assertThat(record(again.getFirst().owner(), 1)).isEqualTo(Outcome.APPLIED);
    }

    @Test
    default void theErrorOfEachAttemptIsKept() {
        insert("id");
        join("e");
        for (int attempt = 1; attempt <= 2; attempt++) {
            apply(claim("e", 1).getFirst().owner(), failing("{\"e\":" + attempt + "}", null));
            time().advance(PAUSE);
        }
        var began = time().now();
        var last = claim("e", 1).getFirst().owner();
        recordError(last, 0);
        time().advance(Duration.ofSeconds(1));
        apply(last, dying("{\"e\":3}", 0));

        assertThat(db().attempts("id")).extracting(WorkflowAttempt::error).containsExactly("{\"e\":1}", "{\"e\":2}", "{\"e\":3}");
        assertThat(db().attempts("id").getLast())
                .isEqualTo(new WorkflowAttempt(3, 3, "{\"e\":3}", 0, true, "e", began, began.plusSeconds(1)));
        assertThat(db().attempts("nobody")).isEmpty();
    }

    @Test
    default void ofManyAttemptsTheLastHundredAreKept() {
        insert("id");
        join("e");
        for (int attempt = 0; attempt < 103; attempt++) {
            apply(claim("e", 1).getFirst().owner(), new Effect.Fail("{}", null, Duration.ZERO));
        }

        assertThat(db().attempts("id")).hasSize(100);
        assertThat(db().attempts("id").getFirst().number()).isEqualTo(4);
        assertThat(db().attempts("id").getLast().attempt()).isEqualTo(103);
    }

    @Test
    default void whatIsRecordedAsDoneIsNeverForgotten() {
        var owner = running("id");
        record(owner, 0);
        apply(owner, failing("{}", 0));

        assertThat(steps("id")).containsExactly(0);
    }

    @Test
    default void theFailureOfAStepAndOfItsAttemptMayCommitTogether() {
        var owner = running("id");
        var error = new Checkpoint(0, "step", null, "{}", null, time().now(), time().now());

        assertThat(db().apply(List.of(recording(owner, error), new Command(owner, null, failing("{}", 0)))))
                .containsExactly(Outcome.APPLIED, Outcome.APPLIED);
        assertThat(steps("id")).isEmpty();
        assertThat(state("id")).isEqualTo(WorkflowState.DELAYED);
    }

    @Test
    default void anAttemptOfSomebodyElseOrOfACancelledWorkflowDoesNotFail() {
        var owner = running("id");
        apply(cancelling("id"));
        assertThat(apply(owner, failing("{}", null))).isEqualTo(new Outcome.Cancelled());
        apply(owner, releasing());

        assertThat(apply(owner, failing("{}", null))).isInstanceOf(Outcome.Fenced.class);
        assertThat(db().attempts("id")).isEmpty();
    }

    @Test
    default void aFailureThatComesAgainFailsNothingMore() {
        var first = running("retried");
        apply(first, failing("{}", null));
        var last = running("dead");
        apply(last, dying("{}", null));

        assertThat(apply(first, failing("{}", null))).isInstanceOf(Outcome.Fenced.class);
        assertThat(apply(last, dying("{}", null))).isEqualTo(Outcome.APPLIED);
        assertThat(db().attempts("retried")).hasSize(1);
        assertThat(db().attempts("dead")).hasSize(1);
    }

    // ---- dead letters --------------------------------------------------------------------------------------------

    @Test
    default void aDeadLetterKeepsItsRecordsAndHasAnEnd() {
        var owner = running("id");
        record(owner, 0);
        recordError(owner, 1);
        apply(owner, dying("{\"e\":1}", 1));

        assertThat(state("id")).isEqualTo(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);
        assertThat(status("id").error()).isEqualTo("{\"e\":1}");
        assertThat(status("id").completedAt()).isEqualTo(time().now());
        assertThat(steps("id")).containsExactly(0, 1);
        assertThat(db().arrivals(results("id"))).hasSize(1);
    }

    @Test
    default void deadLettersAreCountedAndListedAsLongAsTheyAreDead() {
        insert("a", "b", "alive");
        for (var claimed : claim(join("e"), 2)) apply(claimed.owner(), dying("{}", null));
        apply(running("direct"), new Effect.Finish(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED, null, "{}"));

        assertThat(stats().deadLetters()).isEqualTo(3);
        assertThat(stats().enqueued()).isEqualTo(1);
        assertThat(db().workflows(DEAD.newestFirst(false))).extracting("workflowId").containsExactly("a", "b", "direct");
        assertThat(db().workflows(DEAD.queueName("other"))).isEmpty();

        apply(redriving(asItIs("a")));
        apply(purging("b"));
        apply(resuming("direct"));
        assertThat(stats().deadLetters()).isZero();
        assertThat(stats().enqueued()).isEqualTo(3);
        assertThat(db().workflows(DEAD)).isEmpty();
    }

    @Test
    default void aRedrivenDeadLetterRunsItsUndoingAgainWithItsAttemptsForgotten() {
        insert("first", "second");
        var owner = claim(join("e"), 1).getFirst().owner();
        record(owner, 0);
        recordError(owner, 1);
        apply(owner, dying("{\"e\":1}", 1));

        assertThat(changed(redriving(asItIs("first")))).containsExactly("first");
        assertThat(steps("first")).containsExactly(0);
        assertThat(status("first").error()).isNull();
        assertThat(db().arrivals(results("first"))).isEmpty();
        var again = claim("e", 2);
        assertThat(again).extracting(claimed -> claimed.owner().workflowId()).containsExactly("first", "second");
        apply(again.getFirst().owner(), failing("{}", null));
        assertThat(db().attempts("first")).extracting(WorkflowAttempt::number).containsExactly(1, 2);
        assertThat(db().attempts("first")).extracting(WorkflowAttempt::attempt).containsExactly(1, 1);
    }

    @Test
    default void aResumedDeadLetterRunsItsUndoingAgainToo() {
        var owner = running("id");
        recordError(owner, 0);
        apply(owner, dying("{}", 0));

        assertThat(changed(resuming("id"))).containsExactly("id");
        assertThat(steps("id")).isEmpty();
    }

    @Test
    default void whatDiedOfItsExecutorsKeepsAnEarlierUndoing() {
        insert("id");
        var owner = claim(join("e"), 1).getFirst().owner();
        recordError(owner, 0);
        apply(owner, failing("{}", 0));
        time().advance(PAUSE);
        var again = claim("e", 1).getFirst().owner();
        recordError(again, 0);
        apply(again, dying("{\"lost\":1}", null));
        apply(redriving(asItIs("id")));

        assertThat(steps("id")).containsExactly(0);
    }

    @Test
    default void redrivenOnesCanBeSpreadOverTime() {
        insert("a", "b");
        for (var claimed : claim(join("e"), 2)) apply(claimed.owner(), dying("{}", null));
        apply(redriving(asItIs("a"), new Effect.Redriven("b", PAUSE, null, null)));

        assertThat(List.of(state("a"), state("b"))).containsExactly(WorkflowState.ENQUEUED, WorkflowState.DELAYED);
        assertThat(claimIds("e", 2)).containsExactly("a");
        time().advance(PAUSE);
        assertThat(claimIds("e", 2)).containsExactly("b");
    }

    @Test
    default void aDeadLetterCanBeRedrivenWithOtherArgumentsFromAnEarlierStep() {
        insert("id");
        var owner = claim(join("e"), 1).getFirst().owner();
        for (int step = 0; step < 4; step++) record(owner, step);
        apply(owner, dying("{}", null));
        apply(redriving(new Effect.Redriven("id", Duration.ZERO, 2, "{\"positionalArgs\":[1]}")));

        assertThat(steps("id")).containsExactly(0, 1);
        assertThat(status("id").input()).isEqualTo("{\"positionalArgs\":[1]}");
        assertThat(claim("e", 1)).singleElement().extracting(ClaimedWorkflow::input).isEqualTo("{\"positionalArgs\":[1]}");
    }

    @Test
    default void whatARedrivenOneHasStartedFromThatStepOnIsGone() {
        var owner = running("id");
        record(owner, 0);
        for (int step = 1; step < 3; step++)
            apply(new Command(owner, child(step), inserting(childOf("id", workflow("id-" + step)))));
        apply(new Command(owner, child(3), inserting(childOf("id", workflow("own-id")))));
        insert(childOf("id-2", workflow("grandchild")));
        apply(owner, dying("{}", null));
        var redrive = redriving(new Effect.Redriven("id", Duration.ZERO, 2, null));
        var before = everything();

        assertThat(apply(redrive)).isInstanceOfSatisfying(Outcome.Refused.class, refused ->
                assertThat(refused.reason()).isEqualTo(Outcome.Reason.STILL_ACTIVE));
        assertThat(everything()).isEqualTo(before);
        apply(cancelling("id-2"));
        assertThat(changed(redrive)).containsExactly("id");
        assertThat(db().workflow("id-2")).isNull();
        assertThat(db().workflow("grandchild")).isNull();
        assertThat(state("id-1")).isEqualTo(WorkflowState.ENQUEUED);
        assertThat(state("own-id")).isEqualTo(WorkflowState.ENQUEUED);
        var again = claim(join("heir"), 1).getFirst().owner();
        assertThat(apply(new Command(again, child(2), new Effect.Insert(List.of(childOf("id", withUid(7, workflow("id-2")))), false))))
                .isEqualTo(Outcome.APPLIED);
    }

    @Test
    default void aChildThatSomebodyMayStillRunIsNotMadeAnew() {
        insert("id");
        var owner = claim(join("e"), 1).getFirst().owner();
        apply(new Command(owner, child(0), inserting(childOf("id", workflow("id-0")))));
        var stopped = claim("e", 1).getFirst().owner();
        apply(stopped, new Effect.Release(null, true));
        apply(claim("e", 1).getFirst().owner(), finishing("1"));
        apply(owner, dying("{}", null));

        assertThat(apply(redriving(new Effect.Redriven("id", Duration.ZERO, 0, null))))
                .isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                    assertThat(refused.reason()).isEqualTo(Outcome.Reason.STILL_ACTIVE);
                    assertThat(refused.detail()).isEqualTo("id-0");
                });
        assertThat(state("id-0")).isEqualTo(WorkflowState.SUCCESS);
    }

    private Checkpoint child(int step) {
        return new Checkpoint(step, NAME, null, null, "id-" + step, time().now(), time().now());
    }

    @Test
    default void whatIsNoDeadLetterIsNeitherRedrivenNorPurged() {
        insert("waiting");
        running("running");
        apply(running("good"), finishing("1"));
        apply(running("stopped"), releasing());
        apply(cancelling("stopped"));
        var before = everything();

        assertThat(changed(redriving(asItIs("waiting"), asItIs("running"), asItIs("good"), asItIs("stopped"), asItIs("nobody"))))
                .isEmpty();
        assertThat(changed(purging("waiting", "running", "good", "stopped", "nobody"))).isEmpty();
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void ofAPurgedDeadLetterNothingIsLeftAndItsIdIsFree() {
        var owner = running("id");
        insert(childOf("id", workflow("child")));
        record(owner, 0);
        apply(owner, setting("key", "1"));
        apply(sending("id", "message"));
        apply(owner, dying("{}", null));

        assertThat(changed(purging("id"))).containsExactly("id");
        assertThat(db().workflow("id")).isNull();
        assertThat(db().attempts("id")).isEmpty();
        assertThat(db().events("id")).isEmpty();
        assertThat(status("child").parentId()).isNull();
        insert(withUid(5, workflow("id")));
        assertThat(steps("id")).isEmpty();
        assertThat(db().arrivals(List.of(new Awaited.Message("id", "topic")))).isEmpty();
        assertThat(changed(cancelling("id"))).containsExactly("id");
    }

    @Test
    default void aDeadLetterWhoseParentMayWaitForItIsNotPurged() {
        var parent = running("parent");
        insert(childOf("parent", workflow("id")));
        apply(claim(join("e"), 1).getFirst().owner(), dying("{}", null));

        assertThat(changed(purging("id"))).isEmpty();
        apply(parent, dying("{}", null));
        assertThat(changed(purging("id"))).isEmpty();
        apply(redriving(asItIs("parent")));
        apply(claim("e", 1).getFirst().owner(), finishing("1"));
        assertThat(changed(purging("id"))).containsExactly("id");
    }

    @Test
    default void aRedriveOrAPurgeThatComesAgainChangesNothingMore() {
        insert("a", "b");
        for (var claimed : claim(join("e"), 2)) apply(claimed.owner(), dying("{}", null));
        var redrive = redriving(asItIs("a"));
        var purge = purging("b");
        assertThat(changed(redrive)).containsExactly("a");
        assertThat(changed(purge)).containsExactly("b");
        apply(claim("e", 1).getFirst().owner(), dying("{\"again\":1}", null));
        insert("b");

        assertThat(changed(redrive)).containsExactly("a");
        assertThat(changed(purge)).containsExactly("b");
        assertThat(state("a")).isEqualTo(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED);
        assertThat(state("b")).isEqualTo(WorkflowState.ENQUEUED);
    }

    // ---- queues --------------------------------------------------------------------------------------------------

    @Test
    default void theRetryPolicyOfAQueueIsKeptAndFollowed() {
        var policy = RetryPolicy.attempts(5).interval(Duration.ofMillis(1500)).backoffRate(1.5).maxInterval(Duration.ofMinutes(2))
                .jitter(0).retryOn(IllegalStateException.class, Error.class).abortOn(RuntimeException.class);
        var queue = WorkflowQueue.named("q").retries(policy).attemptTimeout(Duration.ofMinutes(3));
        apply(defining(queue));
        long version = db().tick("anybody", false).queuesVersion();

        assertThat(db().queues()).containsExactly(queue);
        apply(defining(queue));
        assertThat(db().tick("anybody", false).queuesVersion()).isEqualTo(version);
        apply(defining(queue.retries(policy.jitter(0.5))));
        assertThat(db().tick("anybody", false).queuesVersion()).isNotEqualTo(version);
        apply(defining(queue.retries(null).attemptTimeout(null)));
        assertThat(db().queues()).containsExactly(WorkflowQueue.named("q"));
    }
}
