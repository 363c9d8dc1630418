package dev.dbosj.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who belongs to the fleet, and what its members learn from each other. */
interface MembershipContract extends Chapter {
    @Test
    default void aMemberIsSeenByAllFromTheMomentItJoins() {
        db().join(new ExecutorInfo("e", "app", Set.of("a", "b"), Duration.ofSeconds(7), Instant.EPOCH, true));

        assertThat(another().executors()).containsExactly(
                new ExecutorInfo("e", "app", Set.of("a", "b"), Duration.ofSeconds(7), time().now(), false));
    }

    @Test
    default void aTickTellsTheTimeAndWhetherOneIsAlive() {
        join("e");
        time().advance(Duration.ofSeconds(3));

        assertThat(db().tick("e", false).alive()).isTrue();
        assertThat(db().tick("e", false).now()).isEqualTo(time().now()).isEqualTo(db().now());
        assertThat(db().tick("stranger", false).alive()).isFalse();
        assertThat(db().tick("stranger", true).alive()).isFalse();
        assertThat(db().executors()).extracting(ExecutorInfo::executorId).containsExactly("e");
    }

    @Test
    default void onlyAHeartbeatExtendsTheLease() {
        join("e");
        var joined = time().now();
        time().advance(Duration.ofSeconds(3));

        db().tick("e", false);
        assertThat(db().executors().getFirst().heartbeat()).isEqualTo(joined);
        db().tick("e", true);
        assertThat(db().executors().getFirst().heartbeat()).isEqualTo(time().now());
    }

    @Test
    default void aTickShowsAllOthers() {
        join("a");
        time().advance(Duration.ofSeconds(1));
        join("b");
        join("c");

        assertThat(db().tick("b", true).others()).extracting(ExecutorInfo::executorId).containsExactly("a", "c");
        assertThat(db().tick("a", false).others())
                .extracting(ExecutorInfo::heartbeat).containsOnly(time().now());
    }

    @Test
    default void aTickNamesTheRunsThatWereCancelled() {
        join("e");
        insert(startedBy("e", workflow("a")), startedBy("e", workflow("b")));
        var others = running("others");
        apply(cancelling("a", "others"));

        assertThat(db().tick("e", false).cancelled()).containsExactly(new Owner("a", 1));
        assertThat(db().tick("executor of others", true).cancelled()).containsExactly(others);
        apply(new Owner("a", 1), releasing());
        assertThat(db().tick("e", true).cancelled()).isEmpty();
    }

    @Test
    default void theVersionOfTheQueuesChangesWhenADefinitionDoes() {
        join("e");
        long none = db().tick("e", false).queuesVersion();
        apply(defining(WorkflowQueue.named("a")));
        long one = db().tick("e", false).queuesVersion();
        apply(defining(WorkflowQueue.named("a")));
        long same = db().tick("e", true).queuesVersion();
        apply(defining(WorkflowQueue.named("b")));
        long two = db().tick("e", false).queuesVersion();
        apply(defining(WorkflowQueue.named("a").workerConcurrency(5)));
        long changed = db().tick("e", false).queuesVersion();

        assertThat(same).isEqualTo(one);
        assertThat(Set.of(none, one, two, changed)).hasSize(4);
    }

    @Test
    default void whoeverLeavesWithNothingInHandIsForgotten() {
        apply(running("id"), finishing("1"));
        db().leave("executor of id");

        assertThat(db().executors()).isEmpty();
        assertThat(db().tick("executor of id", true).alive()).isFalse();
        db().leave("executor of id");
    }

    @Test
    default void whoeverLeavesWithWorkInHandIsTakenOverFromAfterTheLease() {
        running("id");
        db().leave("executor of id");
        var left = db().executors().getFirst();

        assertThat(left.gone()).isFalse();
        assertThat(db().takeOver(left, 10)).isZero();
        time().advance(LEASE.plusMillis(1));
        assertThat(db().takeOver(left, 10)).isEqualTo(1);
        assertThat(db().executors()).isEmpty();
    }

    @Test
    default void whatAnExecutorOwnsIsItsRunningAndItsCancelledWorkflows() {
        join("e");
        insert(ids("w", 4));
        claim("e", 3);
        insert(startedBy("e", workflow("direct")));
        apply(new Owner("w0", 1), finishing("1"));
        apply(cancelling("w1"));

        assertThat(db().owned("e"))
                .containsExactlyInAnyOrder(new Owner("w1", 1), new Owner("w2", 1), new Owner("direct", 1));
        assertThat(db().owned("stranger")).isEmpty();
    }
}
