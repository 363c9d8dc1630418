package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages: anybody sends them to a workflow, whose run receives each of them once. */
interface MessageContract extends Chapter {
    private List<Awaited> message(String workflowId, String topic) {
        return List.of(new Awaited.Message(workflowId, topic));
    }

    /** The id of the oldest message of the topic "topic" that is still there, or nothing. */
    private List<String> oldest(String workflowId) {
        return db().arrivals(message(workflowId, "topic")).stream()
                .map(arrival -> ((WorkflowMessage) arrival).messageId())
                .toList();
    }

    private Command receiving(Owner owner, int step, String messageId) {
        return new Command(owner, step(step, "\"" + messageId + "\""), receiving(messageId));
    }

    @Test
    default void aMessageArrivesAsItWasSent() {
        running("id");

        assertThat(apply(sending("id", "m", "news"))).isEqualTo(Outcome.APPLIED);
        assertThat(db().arrivals(message("id", "news")))
                .containsExactly(new WorkflowMessage("id", "news", "m", "\"m\""));
    }

    @Test
    default void theOldestOfItsTopicComesFirst() {
        var owner = running("id");
        apply(sending("id", "z"));
        apply(sending("id", "other", "other"));
        apply(sending("id", "a"));
        apply(sending("id", "m"));

        var received = new ArrayList<String>();
        for (var next = oldest("id"); !next.isEmpty(); next = oldest("id")) {
            assertThat(apply(receiving(owner, received.size(), next.getFirst()))).isEqualTo(Outcome.APPLIED);
            received.addAll(next);
        }
        assertThat(received).containsExactly("z", "a", "m");
        assertThat(db().arrivals(message("id", "other"))).hasSize(1);
        assertThat(db().arrivals(message("id", ""))).isEmpty();
    }

    @Test
    default void messagesOfOneBatchKeepTheirOrder() {
        running("id");
        var batch = new ArrayList<Command>();
        for (int i = 20; i > 0; i--) batch.add(new Command(null, null, sending("id", "m" + i)));

        assertThat(db().apply(batch)).containsOnly(Outcome.APPLIED);
        assertThat(oldest("id")).containsExactly("m20");
    }

    @Test
    default void messagesAreAcceptedInEveryState() {
        insert("enqueued");
        apply(running("succeeded"), finishing("1"));
        running("running");
        insert("cancelled");
        apply(cancelling("cancelled"));

        for (var id : List.of("enqueued", "running", "succeeded", "cancelled")) {
            assertThat(apply(sending(id, "m"))).as(id).isEqualTo(Outcome.APPLIED);
            assertThat(oldest(id)).as(id).containsExactly("m");
        }
    }

    @Test
    default void aMessageToNobodyIsRefused() {
        var owner = running("id");
        var refused = new Outcome.Refused(Outcome.Reason.NO_SUCH_WORKFLOW, "nobody");

        assertThat(apply(sending("nobody", "m"))).isEqualTo(refused);
        assertThat(apply(new Command(owner, step(0, "1"), sending("nobody", "m")))).isEqualTo(refused);
        assertThat(steps("id")).isEmpty();
        insert("nobody");
        assertThat(oldest("nobody")).isEmpty();
    }

    @Test
    default void aMessageToNobodyHurtsOnlyItsSender() {
        var owner = running("id");

        var outcomes = db().apply(List.of(
                new Command(null, null, sending("nobody", "m")),
                new Command(null, null, sending("id", "m")),
                new Command(owner, step(0, "1"), Effect.NOTHING)));
        assertThat(outcomes.getFirst()).isInstanceOf(Outcome.Refused.class);
        assertThat(outcomes.subList(1, 3)).containsOnly(Outcome.APPLIED);
        assertThat(oldest("id")).containsExactly("m");
        assertThat(steps("id")).containsExactly(0);
    }

    @Test
    default void aMessageCanBeSentToWhatIsInsertedInTheSameBatch() {
        assertThat(db().apply(List.of(
                        new Command(null, null, inserting(workflow("new"))),
                        new Command(null, null, sending("new", "m")))))
                .containsOnly(Outcome.APPLIED);
        assertThat(oldest("new")).containsExactly("m");
    }

    @Test
    default void ofAllOfOneIdTheFirstIsKept() {
        var owner = running("id");
        running("another");
        apply(new Effect.Send("id", "key", "topic", "1"));

        assertThat(apply(new Effect.Send("id", "key", "topic", "2"))).isEqualTo(Outcome.APPLIED);
        assertThat(apply(new Effect.Send("another", "key", "topic", "3"))).isEqualTo(Outcome.APPLIED);
        assertThat(db().arrivals(message("id", "topic")))
                .containsExactly(new WorkflowMessage("id", "topic", "key", "1"));
        assertThat(oldest("another")).containsExactly("key");

        apply(receiving(owner, 0, "key"));
        assertThat(apply(new Effect.Send("id", "key", "topic", "4"))).isEqualTo(Outcome.APPLIED);
        assertThat(oldest("id")).isEmpty();
    }

    @Test
    default void ofAllOfOneIdInOneBatchTheFirstIsKept() {
        running("id");

        assertThat(db().apply(List.of(
                        new Command(null, null, new Effect.Send("id", "key", "topic", "1")),
                        new Command(null, null, new Effect.Send("id", "key", "topic", "2")))))
                .containsOnly(Outcome.APPLIED);
        assertThat(db().arrivals(message("id", "topic")))
                .containsExactly(new WorkflowMessage("id", "topic", "key", "1"));
    }

    @Test
    default void aRunSendsWithItsCheckpoint() {
        var sender = running("sender");
        running("id");
        var command = new Command(sender, step(0, "1"), sending("id", "m"));

        assertThat(apply(command)).isEqualTo(Outcome.APPLIED);
        assertThat(apply(command)).isEqualTo(Outcome.APPLIED);
        assertThat(steps("sender")).containsExactly(0);
        assertThat(oldest("id")).containsExactly("m");
    }

    @Test
    default void aRepeatSendsNothingAgainAlsoUnderAnotherId() {
        var sender = running("sender");
        var receiver = running("id");
        apply(new Command(sender, step(0, "1"), sending("id", "m")));
        apply(receiving(receiver, 0, "m"));

        assertThat(apply(new Command(sender, step(0, "1"), sending("id", "again")))).isEqualTo(Outcome.APPLIED);
        assertThat(oldest("id")).isEmpty();
    }

    @Test
    default void whatIsReceivedIsThereNoMoreAndARepeatIsHarmless() {
        var owner = running("id");
        apply(sending("id", "first"));
        apply(sending("id", "second"));
        var receipt = receiving(owner, 0, "first");

        assertThat(apply(receipt)).isEqualTo(Outcome.APPLIED);
        assertThat(oldest("id")).containsExactly("second");
        assertThat(apply(receipt)).isEqualTo(Outcome.APPLIED);
        assertThat(oldest("id")).containsExactly("second");
        assertThat(steps("id")).containsExactly(0);
    }

    @Test
    default void noMessageIsReceivedTwice() {
        var owner = running("id");
        apply(sending("id", "m"));
        apply(receiving(owner, 0, "m"));

        assertThat(apply(receiving(owner, 1, "m"))).isEqualTo(new Outcome.Refused(Outcome.Reason.NO_SUCH_MESSAGE, "m"));
        assertThat(steps("id")).containsExactly(0);
    }

    @Test
    default void nobodyReceivesWhatWasSentToAnother() {
        var owner = running("id");
        running("another");
        apply(sending("another", "m"));

        assertThat(apply(receiving(owner, 0, "m"))).isEqualTo(new Outcome.Refused(Outcome.Reason.NO_SUCH_MESSAGE, "m"));
        assertThat(oldest("another")).containsExactly("m");
        assertThat(steps("id")).isEmpty();
    }

    @Test
    default void oneBatchCanReceiveAndEnd() {
        var owner = running("id");
        apply(sending("id", "m"));

        assertThat(db().apply(List.of(receiving(owner, 0, "m"), new Command(owner, null, finishing("1")))))
                .containsOnly(Outcome.APPLIED);
        assertThat(oldest("id")).isEmpty();
    }

    @Test
    default void whoLostTheWorkflowSendsAndReceivesNothing() {
        var old = running("id");
        running("another");
        apply(sending("id", "m"));
        apply(old, releasing());
        var before = everything();

        assertThat(apply(receiving(old, 0, "m"))).isInstanceOf(Outcome.Fenced.class);
        assertThat(apply(new Command(old, step(0, "1"), sending("another", "m")))).isInstanceOf(Outcome.Fenced.class);
        assertThat(everything()).isEqualTo(before);
        assertThat(oldest("id")).containsExactly("m");
        assertThat(oldest("another")).isEmpty();
    }

    @Test
    default void aCancelledWorkflowSendsAndReceivesNothing() {
        var owner = running("id");
        running("another");
        apply(sending("id", "m"));
        apply(cancelling("id"));

        assertThat(apply(receiving(owner, 0, "m"))).isEqualTo(new Outcome.Cancelled());
        assertThat(apply(new Command(owner, step(0, "1"), sending("another", "m")))).isEqualTo(new Outcome.Cancelled());
        assertThat(steps("id")).isEmpty();
        assertThat(oldest("id")).containsExactly("m");
        assertThat(oldest("another")).isEmpty();
    }

    @Test
    default void theHeirReceivesWhatItsPredecessorDidNot() {
        var old = running("id");
        apply(sending("id", "first"));
        apply(sending("id", "second"));
        apply(receiving(old, 0, "first"));
        apply(old, releasing());
        var heir = claim(join("heir"), 1).getFirst().owner();

        assertThat(oldest("id")).containsExactly("second");
        assertThat(apply(receiving(heir, 1, "second"))).isEqualTo(Outcome.APPLIED);
        assertThat(steps("id")).containsExactly(0, 1);
        assertThat(oldest("id")).isEmpty();
    }

    @Test
    default void messagesOfManyWorkflowsComeInOneAnswer() {
        running("one");
        running("two");
        apply(sending("one", "a1"));
        apply(sending("one", "a2"));
        apply(sending("two", "b", "other"));

        assertThat(db().arrivals(List.of(
                        new Awaited.Message("one", "topic"),
                        new Awaited.Message("one", "other"),
                        new Awaited.Message("two", "other"),
                        new Awaited.Message("nobody", "topic"),
                        new Awaited.Result("one"))))
                .containsExactlyInAnyOrder(
                        new WorkflowMessage("one", "topic", "a1", "\"a1\""),
                        new WorkflowMessage("two", "other", "b", "\"b\""));
    }
}
