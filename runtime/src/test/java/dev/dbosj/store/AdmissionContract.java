package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.workflow.QueueRates;
import dev.dbosj.workflow.QueueStats;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a queue takes: bounds, keys, times of start; and what it says of itself. */
interface AdmissionContract extends Chapter {
    private Outcome admit(NewWorkflow... workflows) {
        return apply(new Effect.Insert(List.of(workflows), false, true));
    }

    private Outcome admit(String... ids) {
        return admit(Stream.of(ids).map(this::workflow).toArray(NewWorkflow[]::new));
    }

    private NewWorkflow like(NewWorkflow like, Duration delay, Instant startAt, WorkflowKey key) {
        return new NewWorkflow(
                like.workflowId(), like.uid(), like.name(), like.queueName(), like.priority(), null, delay, startAt, key,
                like.input(), like.parentId(), like.executorId());
    }

    private NewWorkflow delayed(String id) {
        return like(workflow(id), Duration.ofMinutes(1), null, null);
    }

    private NewWorkflow unique(String id, String key) {
        return like(workflow(id), null, null, new WorkflowKey(key, null));
    }

    private NewWorkflow debounced(String id, Duration period, Duration longest) {
        return like(workflow(id), period, null, new WorkflowKey("key", longest));
    }

    private Effect puttingOff(String id, Duration period, String input) {
        return new Effect.Debounce(NONCES.incrementAndGet(), id, period, input);
    }

    private void bound(int maxDepth) {
        apply(defining(WorkflowQueue.named(QUEUE).maxDepth(maxDepth)));
    }

    private static Outcome full(long depth) {
        return new Outcome.Refused(Outcome.Reason.QUEUE_FULL, Long.toString(depth));
    }

    private static Outcome heldBy(String id) {
        return new Outcome.Refused(Outcome.Reason.KEY_HELD, id);
    }

    private QueueStats stats() {
        return db().queueStats().stream().filter(stats -> stats.name().equals(QUEUE)).findFirst().orElseThrow();
    }

    // ---- bounds ----------------------------------------------------------------------------------------------------

    @Test
    default void aFullQueueTakesNoMoreUntilSomethingIsClaimed() {
        bound(2);
        join("e");
        assertThat(admit("a", "b")).isEqualTo(Outcome.APPLIED);
        assertThat(admit("c")).isEqualTo(full(2));

        assertThat(claimIds("e", 1)).containsExactly("a");
        assertThat(admit("c")).isEqualTo(Outcome.APPLIED);
        assertThat(admit("d")).isEqualTo(full(2));
        assertThat(db().workflow("d")).isNull();
    }

    @Test
    default void manyAreTakenTogetherOrNotAtAll() {
        bound(3);
        admit("a", "b");

        assertThat(admit("c", "d")).isEqualTo(full(2));
        assertThat(db().workflow("c")).isNull();
        assertThat(admit("c")).isEqualTo(Outcome.APPLIED);
    }

    @Test
    default void inOneBatchTheFirstAreTaken() {
        bound(2);
        var batch = Stream.of("a", "b", "c")
                .map(id -> new Command(null, null, new Effect.Insert(List.of(workflow(id)), false, true)))
                .toList();

        assertThat(db().apply(batch)).containsExactly(Outcome.APPLIED, Outcome.APPLIED, full(2));
    }

    @Test
    default void delayedOnesCountAndAreNotCountedTwice() {
        bound(2);
        join("e");
        admit(delayed("later"));
        admit("now");
        assertThat(admit("c")).isEqualTo(full(2));
        claimIds("e", 5);
        assertThat(admit("c")).isEqualTo(Outcome.APPLIED);
        time().advance(Duration.ofMinutes(2));
        assertThat(claimIds("e", 5)).containsExactlyInAnyOrder("later", "c");

        assertThat(admit("d", "e")).isEqualTo(Outcome.APPLIED);
        assertThat(admit("f")).isEqualTo(full(2));
    }

    @Test
    default void whatWasStartedBeforeIsNeverRefusedAndDoesNotCount() {
        bound(1);
        join("e");
        admit("a");
        claimIds("e", 1);
        admit("b");
        apply(new Owner("a", 1), releasing());
        assertThat(state("a")).isEqualTo(WorkflowState.ENQUEUED);
        assertThat(admit("c")).isEqualTo(full(1));

        assertThat(claimIds("e", 5)).containsExactly("a", "b");
        assertThat(admit("c")).isEqualTo(Outcome.APPLIED);
    }

    @Test
    default void aCancelledOneLeavesRoomAndMayComeBackAllTheSame() {
        bound(1);
        join("e");
        admit("a");
        apply(cancelling("a"));
        assertThat(admit("b")).isEqualTo(Outcome.APPLIED);
        apply(resuming("a"));
        assertThat(admit("c")).isEqualTo(full(2));

        assertThat(claimIds("e", 1)).containsExactly("a");
        assertThat(admit("c")).isEqualTo(full(1));
        claimIds("e", 1);
        assertThat(admit("c")).isEqualTo(Outcome.APPLIED);
    }

    @Test
    default void whatWaitsAlreadyCountsFromTheDefinitionOn() {
        join("e");
        insert("a", "b", "started");
        insert(delayed("d"));
        bound(3);
        assertThat(admit("c")).isEqualTo(full(4));
        claimIds("e", 2);
        assertThat(admit("c")).isEqualTo(Outcome.APPLIED);
        assertThat(admit("f")).isEqualTo(full(3));
    }

    @Test
    default void aBoundCanBeChangedTakenAwayAndSetAgain() {
        bound(1);
        admit("a");
        bound(2);
        assertThat(admit("b")).isEqualTo(Outcome.APPLIED);
        apply(defining(WorkflowQueue.named(QUEUE)));
        assertThat(admit("c", "d")).isEqualTo(Outcome.APPLIED);
        join("e");
        claimIds("e", 1);
        bound(4);

        assertThat(admit("f")).isEqualTo(Outcome.APPLIED);
        assertThat(admit("g")).isEqualTo(full(4));
    }

    @Test
    default void aRepeatedInsertIsTakenOnce() {
        bound(1);
        assertThat(admit("a")).isEqualTo(Outcome.APPLIED);
        assertThat(admit("a")).isEqualTo(Outcome.APPLIED);
        join("e");
        claimIds("e", 1);

        assertThat(admit("a")).isEqualTo(Outcome.APPLIED);
        assertThat(admit("b")).isEqualTo(Outcome.APPLIED);
        assertThat(admit("c")).isEqualTo(full(1));
    }

    @Test
    default void aRefusedChildLeavesNoTraceInItsParent() {
        bound(1);
        admit("a");
        var parent = running("parent");
        var child = new Command(
                parent, step(0, null), new Effect.Insert(List.of(childOf("parent", workflow("child"))), false, true));
        assertThat(apply(child)).isEqualTo(full(1));
        assertThat(history("parent")).isEmpty();

        join("e");
        claimIds("e", 1);
        assertThat(apply(child)).isEqualTo(Outcome.APPLIED);
        assertThat(steps("parent")).containsExactly(0);
        assertThat(apply(child)).as("once more").isEqualTo(Outcome.APPLIED);
    }

    @Test
    default void manyProducersTogetherNeverExceedTheBound() throws Exception {
        bound(100);
        join("e");
        var accepted = new AtomicInteger();
        var another = another();
        try (var producers = Executors.newVirtualThreadPerTaskExecutor()) {
            var rounds = IntStream.range(0, 64)
                    .<Future<?>>mapToObj(producer -> producers.submit(() -> {
                        var database = producer % 2 == 0 ? db() : another;
                        for (int n = 0; n < 5; n++) if (admits(database, "w" + producer + "-" + n)) accepted.incrementAndGet();
                    }))
                    .toList();
            for (var round : rounds) round.get();
        }
        assertThat(accepted).hasValue(100);
        assertThat(stats().enqueued()).isEqualTo(100);

        assertThat(claimIds("e", 7)).hasSize(7);
        int more = 0;
        for (int n = 0; n < 10; n++) if (admits(db(), "more" + n)) more++;
        assertThat(more).isEqualTo(7);
    }

    private boolean admits(SystemDatabase database, String id) {
        var command = new Command(null, null, new Effect.Insert(List.of(workflow(id)), false, true));
        while (true) {
            try {
                return database.apply(List.of(command)).getFirst() instanceof Outcome.Applied;
            } catch (SystemDatabaseException contended) {
                assertThat(contended.kind()).isEqualTo(SystemDatabaseException.Kind.CONTENDED);
            }
        }
    }

    // ---- keys ------------------------------------------------------------------------------------------------------

    @Test
    default void aKeyIsHeldUntilItsHolderHasEnded() {
        join("e");
        assertThat(admit(unique("a", "key"))).isEqualTo(Outcome.APPLIED);
        assertThat(admit(unique("b", "key"))).isEqualTo(heldBy("a"));
        assertThat(admit(unique("c", "other"))).isEqualTo(Outcome.APPLIED);
        assertThat(admit(onQueueUnique("elsewhere", "d"))).isEqualTo(Outcome.APPLIED);
        claimIds("e", 1);
        assertThat(admit(unique("b", "key"))).isEqualTo(heldBy("a"));
        apply(new Owner("a", 1), releasing());
        assertThat(admit(unique("b", "key"))).isEqualTo(heldBy("a"));
        claimIds("e", 1);

        apply(new Owner("a", 3), finishing("1"));
        assertThat(admit(unique("b", "key"))).isEqualTo(Outcome.APPLIED);
        assertThat(admit(unique("f", "key"))).isEqualTo(heldBy("b"));
    }

    private NewWorkflow onQueueUnique(String queue, String id) {
        var on = onQueue(queue, workflow(id));
        return like(on, null, null, new WorkflowKey("key", null));
    }

    @Test
    default void whoWasCancelledHasLostItsKeyAlsoIfItIsResumed() {
        admit(unique("a", "key"));
        apply(cancelling("a"));
        apply(resuming("a"));
        assertThat(admit(unique("b", "key"))).isEqualTo(Outcome.APPLIED);
        apply(cancelling("a"));

        assertThat(admit(unique("c", "key"))).isEqualTo(heldBy("b"));
    }

    @Test
    default void aRepeatedInsertHoldsItsKeyStill() {
        assertThat(admit(unique("a", "key"))).isEqualTo(Outcome.APPLIED);
        assertThat(admit(unique("a", "key"))).isEqualTo(Outcome.APPLIED);
        join("e");
        claimIds("e", 1);
        apply(new Owner("a", 1), finishing("1"));

        assertThat(admit(unique("a", "key"))).as("ended long ago").isEqualTo(Outcome.APPLIED);
        assertThat(admit(unique("b", "key"))).isEqualTo(Outcome.APPLIED);
    }

    @Test
    default void whoIsRefusedForWantOfRoomHoldsNoKey() {
        bound(1);
        admit("a");
        assertThat(admit(unique("b", "key"))).isEqualTo(full(1));
        join("e");
        claimIds("e", 1);

        assertThat(admit(unique("c", "key"))).isEqualTo(Outcome.APPLIED);
    }

    @Test
    default void inOneBatchTheFirstHoldsTheKey() {
        var batch = Stream.of("a", "b")
                .map(id -> new Command(null, null, new Effect.Insert(List.of(unique(id, "key")), false, true)))
                .toList();

        assertThat(db().apply(batch)).containsExactly(Outcome.APPLIED, heldBy("a"));
    }

    @Test
    default void ofManyProducersOneHoldsTheKey() throws Exception {
        var another = another();
        var accepted = new AtomicInteger();
        try (var producers = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = IntStream.range(0, 32)
                    .<Future<?>>mapToObj(n -> producers.submit(() -> {
                        var insert = new Effect.Insert(List.of(unique("w" + n, "key")), false, true);
                        var database = n % 2 == 0 ? db() : another;
                        if (database.apply(List.of(new Command(null, null, insert))).getFirst() instanceof Outcome.Applied)
                            accepted.incrementAndGet();
                    }))
                    .toList();
            for (var one : all) one.get();
        }
        assertThat(accepted).hasValue(1);
    }

    // ---- times of start, and putting them off --------------------------------------------------------------------------

    @Test
    default void aWorkflowIsClaimedAtItsTime() {
        join("e");
        var time = db().now().plus(Duration.ofMinutes(5));
        admit(like(workflow("w"), null, time, null), like(workflow("past"), null, time.minus(Duration.ofHours(1)), null));
        assertThat(state("w")).isEqualTo(WorkflowState.DELAYED);
        assertThat(claimIds("e", 5)).containsExactly("past");

        time().advance(Duration.ofMinutes(5).minusMillis(100));
        assertThat(claimIds("e", 5)).isEmpty();
        time().advance(Duration.ofMillis(100));
        assertThat(claimIds("e", 5)).containsExactly("w");
    }

    @Test
    default void oneThatIsPutOffStartsOnceWithTheLastArguments() {
        join("e");
        admit(debounced("a", Duration.ofSeconds(10), Duration.ofSeconds(25)));
        assertThat(admit(debounced("b", Duration.ofSeconds(10), Duration.ofSeconds(25)))).isEqualTo(heldBy("a"));
        assertThat(admit(named("other", debounced("x", Duration.ofSeconds(10), Duration.ofSeconds(25)))))
                .as("another name").isEqualTo(Outcome.APPLIED);
        time().advance(Duration.ofSeconds(8));
        assertThat(apply(puttingOff("a", Duration.ofSeconds(10), "{\"positionalArgs\":[2]}"))).isEqualTo(Outcome.APPLIED);
        time().advance(Duration.ofSeconds(8));
        assertThat(claimIds("e", 5)).isEmpty();
        assertThat(apply(puttingOff("a", Duration.ofSeconds(10), "{\"positionalArgs\":[3]}"))).isEqualTo(Outcome.APPLIED);
        time().advance(Duration.ofMillis(8_900));
        assertThat(claimIds("e", 5)).isEmpty();

        time().advance(Duration.ofMillis(200));
        var claimed = claim("e", 5);
        assertThat(claimed).singleElement().satisfies(workflow -> {
            assertThat(workflow.owner().workflowId()).isEqualTo("a");
            assertThat(workflow.input()).isEqualTo("{\"positionalArgs\":[3]}");
        });
        assertThat(status("a").input()).isEqualTo("{\"positionalArgs\":[3]}");
        assertThat(apply(puttingOff("a", Duration.ofSeconds(10), "{}")))
                .isEqualTo(new Outcome.Refused(Outcome.Reason.TOO_LATE, "a"));
        assertThat(admit(debounced("b", Duration.ofSeconds(10), Duration.ofSeconds(25)))).isEqualTo(Outcome.APPLIED);
    }

    @Test
    default void aLateCopyOfAPutOffChangesNothing() {
        admit(debounced("a", Duration.ofSeconds(10), Duration.ofSeconds(25)));
        var first = puttingOff("a", Duration.ofSeconds(10), "1");
        apply(first);
        apply(puttingOff("a", Duration.ofSeconds(10), "2"));

        assertThat(apply(first)).isEqualTo(Outcome.APPLIED);
        assertThat(status("a").input()).isEqualTo("2");
    }

    @Test
    default void onlyWhoHoldsAKeyOfThatKindCanBePutOff() {
        insert(delayed("plain"));
        admit(like(workflow("unique"), Duration.ofMinutes(1), null, new WorkflowKey("key", null)));
        admit(debounced("cancelled", Duration.ofMinutes(1), Duration.ofMinutes(1)));
        apply(cancelling("cancelled"));

        for (var id : List.of("plain", "unique", "cancelled", "nobody"))
            assertThat(apply(puttingOff(id, Duration.ZERO, "{}")))
                    .isEqualTo(new Outcome.Refused(Outcome.Reason.TOO_LATE, id));
    }

    @Test
    default void aParentPutsOffUnderACheckpoint() {
        admit(debounced("a", Duration.ofSeconds(10), Duration.ofSeconds(25)));
        var parent = running("parent");
        var command = new Command(parent, step(0, null), puttingOff("a", Duration.ofSeconds(10), "2"));

        assertThat(apply(command)).isEqualTo(Outcome.APPLIED);
        assertThat(apply(command)).isEqualTo(Outcome.APPLIED);
        assertThat(steps("parent")).containsExactly(0);
    }

    // ---- lag and rates ---------------------------------------------------------------------------------------------

    @Test
    default void theLagBeginsWhenAWorkflowCouldBeClaimed() {
        join("e");
        insert(delayed("later"));
        time().advance(Duration.ofSeconds(50));
        assertThat(stats().lag()).isZero();
        time().advance(Duration.ofSeconds(15));
        assertThat(stats().lag()).as("nobody has looked").isBetween(Duration.ofMillis(4_900), Duration.ofSeconds(6));

        insert("now");
        assertThat(claimIds("e", 1)).containsExactly("later");
        time().advance(Duration.ofSeconds(100));
        assertThat(stats().lag()).isBetween(Duration.ofMillis(99_900), Duration.ofSeconds(101));
        claimIds("e", 1);
        assertThat(stats().lag()).isZero();
        apply(new Owner("later", 1), releasing());
        time().advance(Duration.ofSeconds(7));
        assertThat(stats().lag()).isBetween(Duration.ofMillis(6_900), Duration.ofSeconds(8));
    }

    @Test
    default void theLagOfWhatWasTakenOverBeginsThen() {
        var owner = running("w");
        time().advance(LEASE.plusSeconds(1));
        var dead = db().executors().getFirst();
        db().takeOver(dead, 10);
        time().advance(Duration.ofSeconds(3));

        assertThat(stats().lag()).as(owner.workflowId()).isBetween(Duration.ofMillis(2_900), Duration.ofSeconds(4));
    }

    @Test
    default void theRatesAreThoseThatExecutorsHaveReportedLately() {
        apply(defining(WorkflowQueue.named(QUEUE)));
        db().report("e", Map.of(QUEUE, new QueueRates(5, 4), "other", new QueueRates(1, 1)));
        db().report("f", Map.of(QUEUE, new QueueRates(2, 2)));
        db().report("e", Map.of(QUEUE, new QueueRates(3.5, 4)));

        assertThat(db().rates()).containsExactly(Map.entry(QUEUE, new QueueRates(5.5, 6)));
        assertThat(stats().rates()).isEqualTo(new QueueRates(5.5, 6));
        time().advance(Duration.ofSeconds(10));
        db().report("f", Map.of(QUEUE, new QueueRates(2, 1)));
        time().advance(Duration.ofSeconds(10));
        assertThat(db().rates()).containsExactly(Map.entry(QUEUE, new QueueRates(2, 1)));
        time().advance(Duration.ofSeconds(10));
        assertThat(stats().rates()).isEqualTo(QueueRates.NONE);
    }

    @Test
    default void aBoundIsReadAsItWasWritten() {
        var queue = WorkflowQueue.named(QUEUE).maxDepth(7, Duration.ofSeconds(3));
        apply(defining(queue));
        assertThat(db().queues()).containsExactly(queue);
        bound(8);
        assertThat(db().queues()).containsExactly(WorkflowQueue.named(QUEUE).maxDepth(8));
    }
}
