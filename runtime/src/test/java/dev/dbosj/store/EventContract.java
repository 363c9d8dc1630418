package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Events: a run sets them, everybody reads them. */
interface EventContract extends Chapter {
    private List<Awaited> event(String workflowId, String key) {
        return List.of(new Awaited.Event(workflowId, key));
    }

    @Test
    default void anEventIsReadAsItWasSet() {
        var owner = running("id");

        assertThat(apply(owner, setting("progress", "{\"done\":1}"))).isEqualTo(Outcome.APPLIED);
        assertThat(db().arrivals(event("id", "progress")))
                .containsExactly(new WorkflowEvent("id", "progress", "{\"done\":1}"));
        assertThat(db().events("id")).isEqualTo(Map.of("progress", "{\"done\":1}"));
    }

    @Test
    default void ofSeveralValuesInOneBatchTheLastStays() {
        var owner = running("id");

        var outcomes = db().apply(List.of(
                new Command(owner, step(0, "1"), setting("a", "1")),
                new Command(owner, step(1, "2"), setting("a", "2")),
                new Command(owner, step(2, "3"), setting("b", "3")),
                new Command(owner, step(3, "4"), setting("a", "4"))));
        assertThat(outcomes).containsOnly(Outcome.APPLIED);
        assertThat(db().events("id")).isEqualTo(Map.of("a", "4", "b", "3"));
        assertThat(steps("id")).containsExactly(0, 1, 2, 3);
        apply(owner, setting("b", "5"));
        assertThat(db().events("id")).isEqualTo(Map.of("a", "4", "b", "5"));
    }

    @Test
    default void aWorkflowCanSetAnEventAndEndInOneBatch() {
        var owner = running("id");

        assertThat(db().apply(List.of(
                        new Command(owner, step(0, "1"), setting("a", "1")),
                        new Command(owner, null, finishing("\"done\"")))))
                .containsOnly(Outcome.APPLIED);
        assertThat(db().events("id")).isEqualTo(Map.of("a", "1"));
        assertThat(db().arrivals(results("id"))).hasSize(1);
    }

    @Test
    default void aRepeatedEventDoesNotPutALaterValueBack() {
        var owner = running("id");
        var first = new Command(owner, step(0, "1"), setting("a", "1"));
        apply(first);
        apply(new Command(owner, step(1, "2"), setting("a", "2")));

        assertThat(apply(first)).isEqualTo(Outcome.APPLIED);
        assertThat(db().events("id")).isEqualTo(Map.of("a", "2"));
    }

    @Test
    default void whoLostTheWorkflowSetsNothing() {
        var old = running("id");
        apply(old, setting("a", "1"));
        apply(old, releasing());
        var before = everything();

        assertThat(apply(new Command(old, step(0, "2"), setting("a", "2")))).isInstanceOf(Outcome.Fenced.class);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    default void aCancelledWorkflowSetsNothingMore() {
        var owner = running("id");
        apply(owner, setting("a", "1"));
        apply(cancelling("id"));

        assertThat(apply(new Command(owner, step(0, "2"), setting("a", "2")))).isEqualTo(new Outcome.Cancelled());
        assertThat(db().events("id")).isEqualTo(Map.of("a", "1"));
        assertThat(steps("id")).isEmpty();
    }

    @Test
    default void eventsOutliveTheirWorkflow() {
        var owner = running("id");
        apply(owner, setting("a", "1"));
        apply(owner, finishing("1"));

        assertThat(db().arrivals(event("id", "a"))).containsExactly(new WorkflowEvent("id", "a", "1"));
    }

    @Test
    default void everythingThatIsAwaitedComesInOneAnswer() {
        var one = running("one");
        var two = running("two");
        apply(one, setting("a", "1"));
        apply(two, setting("b", "2"));
        apply(two, finishing("3"));

        var arrivals = db().arrivals(List.of(
                new Awaited.Event("one", "a"),
                new Awaited.Event("one", "b"),
                new Awaited.Event("two", "b"),
                new Awaited.Event("nobody", "a"),
                new Awaited.Result("one"),
                new Awaited.Result("two"),
                new Awaited.Result("nobody")));
        assertThat(arrivals).extracting(Arrival::answers).containsExactlyInAnyOrder(
                new Awaited.Event("one", "a"), new Awaited.Event("two", "b"), new Awaited.Result("two"));
        assertThat(db().arrivals(List.of())).isEmpty();
    }

    @Test
    default void anUnknownWorkflowHasNoEvents() {
        assertThat(db().events("nobody")).isEmpty();
    }
}
