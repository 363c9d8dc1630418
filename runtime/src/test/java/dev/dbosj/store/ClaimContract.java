package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How queued workflows come to executors. */
interface ClaimContract extends Chapter {
    @Test
    default void aClaimedWorkflowComesWithAllThatIsNeededToRunIt() {
        insert("id");
        join("e");
        time().advance(Duration.ofSeconds(1));

        assertThat(claim("e", 1)).containsExactly(new ClaimedWorkflow(
                new Owner("id", 1), "id".hashCode(), NAME, QUEUE, "{\"positionalArgs\":[\"id\"]}", 0, false));
        assertThat(state("id")).isEqualTo(WorkflowState.PENDING);
        assertThat(status("id").executorId()).isEqualTo("e");
        assertThat(status("id").epoch()).isEqualTo(1);
        assertThat(status("id").startedAt()).isEqualTo(time().now());
    }

    @Test
    default void claimsAreFirstInFirstOut() {
        insert("c", "a");
        insert("b");
        insert("0", "z");
        join("e");

        assertThat(claimIds("e", 2)).containsExactly("c", "a");
        assertThat(claimIds("e", 2)).containsExactly("b", "0");
        assertThat(claimIds("e", 2)).containsExactly("z");
        assertThat(claimIds("e", 2)).isEmpty();
    }

    @Test
    default void allQueuesTogetherGiveAtMostWhatIsAskedForInAll() {
        for (var id : ids("a", 2)) insert(onQueue("a", workflow(id)));
        for (var id : ids("b", 2)) insert(onQueue("b", workflow(id)));
        join("e");
        var slots = new LinkedHashMap<String, Integer>();
        slots.put("b", 5);
        slots.put("a", 5);

        assertThat(db().claim(new ClaimRequest("e", slots, Set.of(NAME), 3, Map.of())).workflows())
                .extracting(claimed -> claimed.owner().workflowId())
                .containsExactly("b0", "b1", "a0");
    }

    @Test
    default void aClaimBringsNoMoreInputThanMemoryCanHold() {
        var tenMegabytes = "{\"positionalArgs\":[\"" + "x".repeat(10_000_000) + "\"]}";
        for (var id : ids("w", 6)) insert(new NewWorkflow(id, id.hashCode(), NAME, QUEUE, 0, tenMegabytes, null, null));
        join("e");

        assertThat(claimIds("e", 10)).containsExactly("w0", "w1", "w2", "w3");
        assertThat(claimIds("e", 10)).containsExactly("w4", "w5");
    }

    @Test
    default void eachQueueGivesAtMostItsSlots() {
        for (var id : ids("a", 3)) insert(onQueue("a", workflow(id)));
        for (var id : ids("b", 3)) insert(onQueue("b", workflow(id)));
        for (var id : ids("c", 3)) insert(onQueue("c", workflow(id)));
        join("e");
        var slots = new LinkedHashMap<String, Integer>();
        slots.put("b", 1);
        slots.put("a", 2);
        slots.put("empty", 5);

        assertThat(db().claim(new ClaimRequest("e", slots, Set.of(NAME))).workflows())
                .extracting(claimed -> claimed.owner().workflowId()).containsExactly("b0", "a0", "a1");
    }

    @Test
    default void namesThatTheExecutorDoesNotKnowArePassedOverAndKeepTheirPlaces() {
        insert(
                named("unknown", workflow("0")),
                named("x", workflow("1")),
                named("y", workflow("2")),
                named("x", workflow("3")),
                named("z", workflow("4")),
                named("y", workflow("5")));
        join("e");

        assertThat(db().claim(new ClaimRequest("e", Map.of(QUEUE, 3), Set.of("x", "y", "other"))).workflows())
                .extracting(claimed -> claimed.owner().workflowId()).containsExactly("1", "2", "3");
        assertThat(db().claim(new ClaimRequest("e", Map.of(QUEUE, 3), Set.of("z", "y"))).workflows())
                .extracting(claimed -> claimed.owner().workflowId()).containsExactly("4", "5");
    }

    @Test
    default void onlyMembersClaim() {
        insert("id");

        assertThat(claim("stranger", 1)).isEmpty();
        assertThat(state("id")).isEqualTo(WorkflowState.ENQUEUED);
    }

    @Test
    default void aWorkflowThatWasClaimedBeforeMayHaveHistory() {
        insert("id");
        join("e");
        assertThat(claim("e", 1).getFirst().hasHistory()).isFalse();
        apply(new Owner("id", 1), releasing());

        assertThat(claim("e", 1)).singleElement().satisfies(again -> {
            assertThat(again.hasHistory()).isTrue();
            assertThat(again.owner().epoch()).isEqualTo(3);
        });
    }

    @Test
    default void aResumedWorkflowThatNeverRanHasNoHistory() {
        insert("id");
        apply(cancelling("id"));
        apply(resuming("id"));

        assertThat(claim(join("e"), 1)).singleElement().satisfies(claimed -> {
            assertThat(claimed.hasHistory()).isFalse();
            assertThat(claimed.owner().epoch()).isEqualTo(1);
        });
    }

    @Test
    default void whatIsCancelledFinishedOrRunningIsNotClaimed() {
        insert("cancelled", "running", "finished", "waiting");
        apply(cancelling("cancelled"));
        join("e");
        claim("e", 2);
        apply(new Owner("finished", 1), finishing("1"));

        assertThat(claimIds("e", 10)).containsExactly("waiting");
    }

    @Test
    default void manyThatAreDueBecomeClaimableInTheirOldOrder() {
        insert(ids("w", 5));
        var owners = claim(join("e"), 5).stream().map(ClaimedWorkflow::owner).toList();
        for (int i = 0; i < 5; i++) apply(owners.get(i), new Effect.Release(time().now().plusSeconds(10 - i), false));

        time().advance(Duration.ofSeconds(8));
        assertThat(claimIds("e", 5)).containsExactly("w2", "w3", "w4");
        time().advance(Duration.ofSeconds(2));
        assertThat(claimIds("e", 5)).containsExactly("w0", "w1");
    }

    @Test
    default void noWorkflowIsClaimedTwiceHoweverManyClaimAtOnce() throws Exception {
        insert(ids("w", 200));
        join("e0");
        join("e1");
        var connections = List.of(db(), another());

        try (var threads = Executors.newFixedThreadPool(2)) {
            var claims = IntStream.range(0, 2)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> claimAll(connections.get(i), "e" + i), threads))
                    .toList();
            var all = new ArrayList<String>();
            for (var claimed : claims) all.addAll(claimed.get());
            assertThat(all).containsExactlyInAnyOrder(ids("w", 200));
        }
    }

    private static List<String> claimAll(SystemDatabase db, String executorId) {
        var ids = new ArrayList<String>();
        while (true) {
            var claimed = db.claim(new ClaimRequest(executorId, Map.of(QUEUE, 7), Set.of(NAME))).workflows();
            if (claimed.isEmpty()) return ids;
            for (var workflow : claimed) ids.add(workflow.owner().workflowId());
        }
    }

    @Test
    default void lowerPrioritiesGoFirstAndEqualOnesInTheOrderOfAcceptance() {
        var executor = join("e");
        insert(ofPriority(2, workflow("late")), ofPriority(1, workflow("b")), workflow("a"), ofPriority(1, workflow("c")));
        insert(ofPriority(1, named("other", workflow("d"))), ofPriority(Integer.MAX_VALUE, workflow("last")));

        var claimed = db().claim(new ClaimRequest(executor, Map.of(QUEUE, 4), Set.of(NAME, "other"))).workflows();
        assertThat(claimed).extracting(it -> it.owner().workflowId()).containsExactly("a", "b", "c", "d");
        assertThat(claimIds(executor, 4)).containsExactly("late", "last");
    }

    @Test
    default void aWorkflowThatWasHandedBackKeepsItsPriority() {
        var executor = join("e");
        insert(ofPriority(1, workflow("first")), ofPriority(2, workflow("second")));
        var first = claim(executor, 1).getFirst();
        apply(first.owner(), releasing());

        assertThat(claimIds(executor, 2)).containsExactly("first", "second");
    }

    @Test
    default void aQueueWithAConcurrencyGivesNoMoreThanItsLimitToAllTogether() {
        apply(defining(WorkflowQueue.named(QUEUE).concurrency(3)));
        join("e");
        join("f");
        insert(ids("w", 10));

        assertThat(claim("e", 2)).hasSize(2);
        assertThat(claimIds("f", 5)).containsExactly("w2");
        assertThat(claim("e", 5)).isEmpty();
        apply(new Owner("w0", 1), finishing("1"));
        assertThat(claimIds("e", 5)).containsExactly("w3");
        assertThat(claim("f", 5)).isEmpty();
    }

    @Test
    default void aSlotIsHeldUntilTheOwnerHasLetGo() {
        apply(defining(WorkflowQueue.named(QUEUE).concurrency(1)));
        join("e");
        insert("a", "b");
        var a = claim("e", 5).getFirst();

        apply(cancelling("a"));
        assertThat(claim("e", 5)).isEmpty();
        apply(a.owner(), releasing());
        assertThat(claimIds("e", 5)).containsExactly("b");
    }

    @Test
    default void theSlotsOfADeadExecutorBecomeFreeWhenItsWorkflowsAreTakenOver() {
        apply(defining(WorkflowQueue.named(QUEUE).concurrency(2)));
        join("e");
        join("f");
        insert("a", "b", "c");
        claim("e", 2);
        time().advance(LEASE.plusSeconds(1));
        var dead = db().executors().getFirst();

        assertThat(claim("f", 2)).isEmpty();
        db().takeOver(dead, 1);
        assertThat(claim("f", 2)).hasSize(1);
        db().takeOver(dead, 10);
        assertThat(claim("f", 2)).hasSize(1);
    }

    @Test
    default void theLimitOfOneQueueSaysNothingAboutAnother() {
        apply(defining(WorkflowQueue.named(QUEUE).concurrency(1)));
        apply(defining(WorkflowQueue.named("free")));
        join("e");
        insert("a", "b");
        insert(onQueue("free", workflow("c")), onQueue("free", workflow("d")));

        var claimed = db().claim(new ClaimRequest("e", Map.of(QUEUE, 5, "free", 5), Set.of(NAME))).workflows();
        assertThat(claimed).extracting(it -> it.owner().workflowId()).containsExactlyInAnyOrder("a", "c", "d");
    }

    @Test
    default void aLimitThatWasChangedHoldsForTheNextClaim() {
        apply(defining(WorkflowQueue.named(QUEUE).concurrency(1)));
        join("e");
        insert(ids("w", 5));
        assertThat(claim("e", 5)).hasSize(1);

        apply(defining(WorkflowQueue.named(QUEUE).concurrency(3)));
        assertThat(claim("e", 5)).hasSize(2);
        apply(defining(WorkflowQueue.named(QUEUE).concurrency(2)));
        assertThat(claim("e", 5)).isEmpty();
        apply(defining(WorkflowQueue.named(QUEUE)));
        assertThat(claim("e", 5)).hasSize(2);
    }

    @Test
    default void claimsAtTheSameTimeNeverExceedTheLimit() throws Exception {
        apply(defining(WorkflowQueue.named(QUEUE).concurrency(5)));
        insert(ids("w", 200));
        var stores = List.of(db(), another(), another(), another());
        for (int i = 0; i < stores.size(); i++) join("e" + i);
        var finished = new AtomicInteger();
        var holding = WorkflowFilter.all().queueName(QUEUE).states(WorkflowState.PENDING);
        var mostHolders = new AtomicInteger();

        try (var threads = Executors.newFixedThreadPool(stores.size())) {
            var workers = new ArrayList<Future<?>>();
            for (int i = 0; i < stores.size(); i++) {
                var store = stores.get(i);
                var request = new ClaimRequest("e" + i, Map.of(QUEUE, 3), Set.of(NAME));
                workers.add(threads.submit(() -> {
                    while (finished.get() < 200) {
                        var claimed = store.claim(request).workflows();
                        mostHolders.accumulateAndGet(store.workflows(holding).size(), Math::max);
                        for (var workflow : claimed) {
                            store.apply(List.of(new Command(workflow.owner(), null, finishing("1"))));
                            finished.incrementAndGet();
                        }
                    }
                }));
            }
            for (var worker : workers) worker.get();
        }
        assertThat(mostHolders.get()).isBetween(1, 5);
    }
}
