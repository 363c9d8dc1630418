package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowQueue;
import dev.dbosj.workflow.WorkflowState;
import dev.dbosj.workflow.WorkflowStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What can be asked. */
interface ReadContract extends Chapter {
    List<String> HOSTILE = List.of(
            "'; drop table workflow_status; --",
            "\"quoted\" `and` [bracketed] \\back\\slashed\\",
            "100% _under_ *star* ?mark [a-z]",
            "new\nline\ttab\u0001control",
            "smörgåsbord 漢字 \ud83d\ude80 \u202eright-to-left",
            "<script>&amp;${jndi}:1?a=b",
            " leading and trailing ",
            "\udbff\udfff",
            "x".repeat(255),
            "\ud83d\ude80".repeat(127));

    @Test
    default void historyComesInTheOrderOfStepNumbers() {
        var owner = running("id");
        for (int number : new int[] {3, 0, 12, 1}) record(owner, number);

        assertThat(steps("id")).containsExactly(0, 1, 3, 12);
    }

    @Test
    default void historyComesInPagesOfManyWorkflowsAtOnce() {
        var a = running("a");
        var b = running("b");
        for (int number = 0; number < 5; number++) record(a, number);
        record(b, 0);
        running("none");

        var pages = db().history(Map.of("a", 1, "b", 0, "none", 0, "nobody", 0), 3);
        assertThat(pages).containsOnlyKeys("a", "b", "none", "nobody");
        assertThat(pages.get("a").checkpoints()).extracting(Checkpoint::step).containsExactly(1, 2, 3);
        assertThat(pages.get("a").last()).isFalse();
        assertThat(pages.get("b").last()).isTrue();
        assertThat(List.of(pages.get("none"), pages.get("nobody"))).containsOnly(HistoryPage.NONE);
        assertThat(db().history(Map.of("a", 2), 3).get("a").last()).as("exactly the limit").isTrue();
        assertThat(db().history(Map.of("a", 9), 3).get("a")).isEqualTo(HistoryPage.NONE);
    }

    @Test
    default void aPageEndsWithTheRowThatMakesItAMebibyte() {
        var owner = running("id");
        var half = "x".repeat(1 << 19);
        for (int number = 0; number < 5; number++) apply(recording(owner, step(number, half)));

        var page = db().history(Map.of("id", 0), 100).get("id");
        assertThat(page.checkpoints()).extracting(Checkpoint::step).containsExactly(0, 1);
        assertThat(page.last()).isFalse();
        var next = db().history(Map.of("id", 3), 100).get("id");
        assertThat(next.checkpoints()).extracting(Checkpoint::step).containsExactly(3, 4);
        assertThat(next.last()).isTrue();
    }

    @Test
    default void oneLargeRowIsAPageOfItsOwn() {
        var owner = running("id");
        var large = "x".repeat(3 << 20);
        apply(recording(owner, step(0, large)));
        apply(recording(owner, new Checkpoint(1, "s", null, large, null, null, null)));
        record(owner, 2);

        var first = db().history(Map.of("id", 0), 100).get("id");
        assertThat(first.checkpoints()).singleElement().satisfies(only -> assertThat(only.output()).isEqualTo(large));
        assertThat(first.last()).isFalse();
        var second = db().history(Map.of("id", 1), 100).get("id");
        assertThat(second.checkpoints()).singleElement().satisfies(only -> assertThat(only.error()).isEqualTo(large));
        assertThat(second.last()).isFalse();
    }

    @Test
    default void resultsAreThoseOfWorkflowsThatEnded() {
        apply(running("good"), finishing("1"));
        apply(running("bad"), new Effect.Finish(WorkflowState.ERROR, null, "{}"));
        running("running");
        insert("waiting", "cancelled", "not asked for");
        apply(cancelling("cancelled", "not asked for"));

        assertThat(db().arrivals(results("bad", "running", "good", "nobody", "waiting", "cancelled")))
                .containsExactlyInAnyOrder(
                        new WorkflowResult("good", WorkflowState.SUCCESS, "1", null),
                        new WorkflowResult("bad", WorkflowState.ERROR, null, "{}"),
                        new WorkflowResult("cancelled", WorkflowState.CANCELLED, null, null));
        assertThat(db().arrivals(results())).isEmpty();
    }

    @Test
    default void listingIsInTheOrderOfAcceptanceEitherWay() {
        insert("b", "a");
        insert("c");

        assertThat(listed(WorkflowFilter.all())).containsExactly("c", "a", "b");
        assertThat(listed(WorkflowFilter.all().newestFirst(false))).containsExactly("b", "a", "c");
    }

    @Test
    default void listingComesInPages() {
        insert(ids("w", 5));
        var oldestFirst = WorkflowFilter.all().newestFirst(false);

        assertThat(listed(oldestFirst.limit(2))).containsExactly("w0", "w1");
        assertThat(listed(oldestFirst.limit(2).offset(3))).containsExactly("w3", "w4");
        assertThat(listed(oldestFirst.limit(2).offset(4))).containsExactly("w4");
        assertThat(listed(oldestFirst.offset(5))).isEmpty();
        assertThat(listed(WorkflowFilter.all().limit(2).offset(1))).containsExactly("w3", "w2");
    }

    @Test
    default void eachConditionNarrowsTheListing() {
        insert(named("x", workflow("p")), onQueue("q", workflow("pq")));
        insert(childOf("p", named("x", onQueue("q", workflow("pqc")))), childOf("p", workflow("c")));
        apply(cancelling("pq"));
        var all = WorkflowFilter.all().newestFirst(false);

        assertThat(listed(all.name("x"))).containsExactly("p", "pqc");
        assertThat(listed(all.queueName("q"))).containsExactly("pq", "pqc");
        assertThat(listed(all.parentId("p"))).containsExactly("pqc", "c");
        assertThat(listed(all.idPrefix("p"))).containsExactly("p", "pq", "pqc");
        assertThat(listed(all.idPrefix("pq"))).containsExactly("pq", "pqc");
        assertThat(listed(all.idPrefix(""))).hasSize(4);
        assertThat(listed(all.states(WorkflowState.CANCELLED))).containsExactly("pq");
        assertThat(listed(all.states(WorkflowState.ENQUEUED, WorkflowState.SUCCESS))).containsExactly("p", "pqc", "c");
        assertThat(listed(all.states(WorkflowState.ERROR))).isEmpty();
        assertThat(listed(all.name("x").queueName("q").parentId("p").idPrefix("p").states(WorkflowState.ENQUEUED)))
                .containsExactly("pqc");
        assertThat(listed(all.name("x").limit(1).offset(1))).containsExactly("pqc");
    }

    @Test
    default void severalNamesAndQueuesCanBeWanted() {
        insert(named("x", onQueue("q", workflow("xq"))), named("y", onQueue("r", workflow("yr"))));
        insert(named("z", onQueue("q", workflow("zq"))));
        var all = WorkflowFilter.all().newestFirst(false);

        assertThat(listed(all.names(List.of("x", "z", "nothing")))).containsExactly("xq", "zq");
        assertThat(listed(all.queueNames(List.of("q", "r")))).containsExactly("xq", "yr", "zq");
        assertThat(listed(all.queueNames(List.of("r", "s")).names(List.of("x")))).isEmpty();
    }

    @Test
    default void aPartitionCanBeListed() {
        var tenant = new NewWorkflow("a", 1, NAME, QUEUE, 3, "tenant", null, "1", null, null);
        insert(tenant, workflow("b"));

        assertThat(listed(WorkflowFilter.all().partitionKey("tenant"))).containsExactly("a");
        assertThat(listed(WorkflowFilter.all().partitionKey(""))).as("no key").containsExactly("b");
        assertThat(status("a").partitionKey()).isEqualTo("tenant");
        assertThat(status("a").priority()).isEqualTo(3);
        assertThat(status("b").partitionKey()).isNull();
    }

    @Test
    default void whatAnExecutorOwnsCanBeListed() {
        var mine = running("mine");
        running("other");
        insert("nobody's");
        apply(cancelling("mine"));

        assertThat(listed(WorkflowFilter.all().executorId("executor of mine"))).as("until it lets go").containsExactly("mine");
        apply(mine, releasing());
        assertThat(listed(WorkflowFilter.all().executorId("executor of mine"))).isEmpty();
        assertThat(listed(WorkflowFilter.all().executorId("executor of other").states(WorkflowState.PENDING)))
                .containsExactly("other");
    }

    @Test
    default void timesNarrowTheListingFromTheFirstOnAndUntilBeforeTheLast() {
        var start = time().now();
        var first = running("first");
        time().advance(Duration.ofSeconds(1));
        insert("second");
        apply(first, finishing("1"));
        time().advance(Duration.ofSeconds(1));
        insert("third");
        var all = WorkflowFilter.all().newestFirst(false);

        assertThat(listed(all.createdFrom(start))).containsExactly("first", "second", "third");
        assertThat(listed(all.createdFrom(start.plusSeconds(1)))).containsExactly("second", "third");
        assertThat(listed(all.createdFrom(start.plusNanos(1)))).as("to the next millisecond").containsExactly("second", "third");
        assertThat(listed(all.createdUntil(start.plusSeconds(2)))).containsExactly("first", "second");
        assertThat(listed(all.createdUntil(start.plusSeconds(2).plusNanos(1)))).hasSize(3);
        assertThat(listed(all.createdFrom(start.plusSeconds(1)).createdUntil(start.plusSeconds(1)))).isEmpty();
        assertThat(listed(all.completedFrom(start.plusSeconds(1)))).containsExactly("first");
        assertThat(listed(all.completedUntil(start.plusSeconds(1)))).isEmpty();
        assertThat(listed(all.completedUntil(start.plusSeconds(2)))).as("without those that go on").containsExactly("first");
    }

    @Test
    default void aPageBeginsBehindTheLastWorkflowOfTheOneBefore() {
        insert(ids("w", 5));
        apply(cancelling("w1", "w3"));
        var oldestFirst = WorkflowFilter.all().newestFirst(false).limit(2);

        assertThat(listed(oldestFirst.after("w1"))).containsExactly("w2", "w3");
        assertThat(listed(oldestFirst.after("w4"))).isEmpty();
        assertThat(listed(WorkflowFilter.all().after("w2"))).containsExactly("w1", "w0");
        assertThat(listed(WorkflowFilter.all().after("w4").states(WorkflowState.CANCELLED))).containsExactly("w3", "w1");
        assertThat(listed(oldestFirst.after("w2").states(WorkflowState.CANCELLED))).containsExactly("w3");
        assertThat(listed(oldestFirst.after("w1").offset(1))).containsExactly("w3", "w4");
        assertThat(listed(WorkflowFilter.all().after("nobody"))).isEmpty();
        insert("later");
        assertThat(listed(WorkflowFilter.all().after("w4").limit(1))).as("what has come since moves nothing").containsExactly("w3");
    }

    @Test
    default void aWorkflowThatIsResumedIsListedWhereItIsNow() {
        insert("id");
        apply(cancelling("id"));
        apply(resuming("id"));

        assertThat(listed(WorkflowFilter.all().states(WorkflowState.CANCELLED, WorkflowState.ERROR))).isEmpty();
        assertThat(listed(WorkflowFilter.all().states(WorkflowState.ENQUEUED))).containsExactly("id");
        apply(cancelling("id"));
        assertThat(listed(WorkflowFilter.all().states(WorkflowState.CANCELLED))).containsExactly("id");
    }

    @Test
    default void aDelayedWorkflowSaysUntilWhen() {
        insert(workflow("waits"), workflow("goes"));
        apply(running("id"), new Effect.Release(time().now().plusSeconds(9), false));

        assertThat(status("id").delayUntil()).isEqualTo(time().now().plusSeconds(9));
        assertThat(status("waits").delayUntil()).isNull();
        time().advance(Duration.ofSeconds(9));
        claim(join("e"), 10);
        assertThat(status("id").delayUntil()).as("not any more").isNull();
    }

    @Test
    default void workflowsAreCountedByState() {
        assertThat(db().workflowCounts().values()).allMatch(count -> count == 0);
        insert("a", "b", "c");
        apply(cancelling("b"));
        apply(running("d"), finishing("1"));

        assertThat(db().workflowCounts()).containsAllEntriesOf(
                Map.of(WorkflowState.ENQUEUED, 2L, WorkflowState.CANCELLED, 1L, WorkflowState.SUCCESS, 1L));
        assertThat(db().workflowCounts().getOrDefault(WorkflowState.PENDING, 0L)).isZero();
    }

    @Test
    default void nothingIsMissingOfATable() {
        var info = db().info();

        assertThat(info.missingIndexes()).isEmpty();
        assertThat(info.now()).isEqualTo(time().now());
        assertThat(info.product()).isNotBlank();
    }

    @Test
    default void everyStateCanBeListed() {
        insert("enqueued", "cancelled");
        apply(cancelling("cancelled"));
        running("pending");
        apply(running("delayed"), new Effect.Release(time().now().plusSeconds(1), false));
        apply(running("success"), finishing("1"));
        apply(running("error"), new Effect.Finish(WorkflowState.ERROR, null, "{}"));
        apply(running("dead"), new Effect.Finish(WorkflowState.MAX_RECOVERY_ATTEMPTS_EXCEEDED, null, null));

        for (var state : WorkflowState.values())
            assertThat(db().workflows(WorkflowFilter.all().states(state))).as(state.name())
                    .singleElement().extracting(WorkflowStatus::status).isEqualTo(state);
    }

    @Test
    default void whatIsListedOfSeveralStatesComesOnceAndInOrder() {
        insert("ready 1");
        running("stopping");
        insert("ready 2", "cancelled");
        running("pending");
        apply(running("delayed"), new Effect.Release(time().now().plusSeconds(1), false));
        apply(running("success"), finishing("1"));
        apply(cancelling("stopping", "cancelled"));
        var unfinished = WorkflowFilter.all()
                .states(WorkflowState.DELAYED, WorkflowState.ENQUEUED, WorkflowState.CANCELLED, WorkflowState.PENDING);

        assertThat(listed(unfinished))
                .containsExactly("delayed", "pending", "cancelled", "ready 2", "stopping", "ready 1");
        assertThat(listed(unfinished.newestFirst(false).limit(4)))
                .containsExactly("ready 1", "stopping", "ready 2", "cancelled");
        assertThat(listed(unfinished.after("cancelled"))).containsExactly("ready 2", "stopping", "ready 1");
        for (var state : WorkflowState.values())
            assertThat(db().workflowCounts().getOrDefault(state, 0L)).as(state.name())
                    .isEqualTo(listed(WorkflowFilter.all().states(state)).size());
    }

    @Test
    default void wildcardsInAPrefixAreOrdinaryCharacters() {
        insert("a%b", "a_b", "axb", "a*b", "a?b", "a[x]b", "A%b", "a\\b");
        var all = WorkflowFilter.all();

        for (var id : List.of("a%b", "a_b", "a*b", "a?b", "a[x]b", "A%b", "a\\b"))
            assertThat(listed(all.idPrefix(id.substring(0, 2)))).as(id).containsExactly(id);
        assertThat(listed(all.idPrefix("a"))).hasSize(7);
    }

    @Test
    default void aListingCanLeavePayloadsOut() {
        apply(running("id"), finishing("1"));

        assertThat(db().workflows(WorkflowFilter.all().payloads(false))).singleElement().satisfies(status -> {
            assertThat(status.input()).isNull();
            assertThat(status.output()).isNull();
            assertThat(status.completedAt()).isNotNull();
        });
        assertThat(db().workflows(WorkflowFilter.all())).singleElement().isEqualTo(status("id"));
    }

    @Test
    default void anUnknownWorkflowIsNull() {
        assertThat(db().workflow("nobody")).isNull();
    }

    @Test
    default void queuesAreKeptByName() {
        apply(defining(WorkflowQueue.named("b").workerConcurrency(3)));
        apply(defining(WorkflowQueue.named("a")));
        apply(defining(WorkflowQueue.named("c")));
        apply(defining(WorkflowQueue.named("b").workerConcurrency(null)));
        apply(defining(WorkflowQueue.named("c").workerConcurrency(1)));

        assertThat(db().queues()).containsExactly(
                WorkflowQueue.named("a"), WorkflowQueue.named("b"), WorkflowQueue.named("c").workerConcurrency(1));
    }

    @Test
    default void namesThatNoExecutorKnowsAreCounted() {
        insert(named("x", workflow("1")), named("y", workflow("2")));
        insert(onQueue("q", named("x", workflow("3"))), workflow("4"));
        assertThat(db().unserved()).isEqualTo(Map.of("x", 2L, "y", 1L, NAME, 1L));
        join("e");
        db().join(new ExecutorInfo("f", "app", Set.of("y", "z"), LEASE, Instant.EPOCH, false));

        assertThat(db().unserved()).isEqualTo(Map.of("x", 2L));
        apply(cancelling("1"));
        assertThat(db().unserved()).isEqualTo(Map.of("x", 1L));
    }

    @Test
    default void anyTextIsKeptAsItIsWhereverItStands() {
        var parent = "parent";
        join("e");
        insert(parent);
        for (var text : HOSTILE) {
            var uid = text.hashCode();
            insert(new NewWorkflow(text, uid, text, text, 0, text, parent, "e"));
            var owner = new Owner(text, 1);
            var checkpoint = new Checkpoint(0, text, text, text, text, time().now(), time().now());
            var define = defining(WorkflowQueue.named(text));

            assertThat(apply(new Command(owner, checkpoint, define))).isEqualTo(Outcome.APPLIED);
            assertThat(history(text)).containsExactly(checkpoint);
            assertThat(apply(owner, new Effect.Release(null, false))).isEqualTo(Outcome.APPLIED);
            assertThat(db().claim(new ClaimRequest("e", Map.of(text, 1), Set.of(text))).workflows()).containsExactly(
                    new ClaimedWorkflow(new Owner(text, 3), uid, text, text, text, 0, true));
            apply(new Owner(text, 3), new Effect.Finish(WorkflowState.ERROR, text, text));
            assertThat(db().arrivals(results(text)))
                    .containsExactly(new WorkflowResult(text, WorkflowState.ERROR, text, text));
            assertThat(listed(WorkflowFilter.all().name(text).queueName(text).idPrefix(text).parentId(parent)))
                    .containsExactly(text);
        }
        assertThat(db().queues()).extracting(WorkflowQueue::name).containsExactlyInAnyOrderElementsOf(HOSTILE);
        assertThat(listed(WorkflowFilter.all().parentId(parent))).hasSize(HOSTILE.size());
    }

    @Test
    default void hostileNamesOfExecutorsAreKeptToo() {
        for (var text : HOSTILE)
            db().join(new ExecutorInfo(text, text, Set.of(text, "a"), LEASE, Instant.EPOCH, false));

        assertThat(db().executors()).extracting(ExecutorInfo::executorId).containsExactlyElementsOf(HOSTILE);
        assertThat(db().executors()).allSatisfy(one -> {
            assertThat(one.application()).isEqualTo(one.executorId());
            assertThat(one.names()).containsExactlyInAnyOrder(one.executorId(), "a");
        });
    }

    @Test
    default void anEmptyBatchAndEmptyQuestionsAreAnswered() {
        assertThat(db().apply(List.of())).isEmpty();
        assertThat(db().history(Map.of(), 10)).isEmpty();
        assertThat(db().renew("e", List.of())).isEmpty();
        assertThat(db().claim(new ClaimRequest("e", Map.of(), Set.of())).workflows()).isEmpty();
    }

    @Test
    default void aBatchOfThousandsIsOneTransaction() {
        join("e");
        var batch = new ArrayList<Command>();
        for (var id : ids("w", 2_000)) {
            batch.add(new Command(null, null, inserting(startedBy("e", workflow(id)))));
            batch.add(recording(new Owner(id, 1), step(0, "1")));
        }

        assertThat(db().apply(batch)).containsOnly(Outcome.APPLIED).hasSize(4_000);
        assertThat(db().owned("e")).hasSize(2_000);
    }

    @Test
    default void migratingAgainChangesNothing() {
        insert("id");
        var before = everything();
        another().migrate();

        assertThat(everything()).isEqualTo(before);
        assertThat(db().now()).isEqualTo(time().now());
        time().advance(Duration.ofNanos(1_500_000));
        assertThat(db().now()).isEqualTo(Instant.parse("2026-01-01T00:00:00.001Z"));
    }

    private List<String> listed(WorkflowFilter filter) {
        return db().workflows(filter).stream().map(WorkflowStatus::workflowId).toList();
    }
}
