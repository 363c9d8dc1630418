package dev.dbosj.simulation;

import static org.assertj.core.api.Assertions.fail;

import dev.dbosj.store.SystemDatabase;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A simulation that has never found anything proves nothing: it must find stores with one mistake each. */
@Tag("T1")
@Tag("canary")
class CanariesTest {
    private static final long SEEDS = 300;

    @Test
    void aStoreWithoutEpochTestIsFound() {
        assertFound("no epoch test", BrokenStores::withoutEpochTest, "I2");
    }

    @Test
    void aTakeoverThatDoesNotRaiseTheEpochIsFound() {
        assertFound("no new epoch at a takeover", BrokenStores::withoutRaisedEpochs, "I2");
    }

    @Test
    void aStoreWithoutPrimaryKeyOnCheckpointsIsFound() {
        assertFound("no primary key on steps", BrokenStores::withoutPrimaryKey, "I10");
    }

    @Test
    void aStoreThatDeclaresTheLivingDeadIsFound() {
        assertFound("no proof of death", BrokenStores::thatTakesOverTheLiving, "P10");
    }

    @Test
    void aStoreThatForgetsWhatItAcknowledgedIsFound() {
        assertFound("acknowledged before it is written", BrokenStores::withoutDurability, "I3");
    }

    @Test
    void aLimitThatIsReadBeforeTheLockIsFound() {
        assertFound("limit read before the lock", BrokenStores::withLimitsReadBeforeTheLock, "I4");
    }

    @Test
    void anEventSetByAZombieIsFound() {
        assertFound("no epoch test for events", BrokenStores::thatLetsZombiesSetEvents, "I2: events");
    }

    @Test
    void aStoreWithoutPrioritiesIsFound() {
        assertFound("no priorities", BrokenStores::withoutPriorities, "order");
    }

    @Test
    void aChangeThatIsAppliedAgainWhenItIsRepeatedIsFound() {
        assertFound("no nonces on changes", BrokenStores::withoutNonces, "P7");
    }

    @Test
    void aMessageThatIsStillThereWhenItWasReceivedIsFound() {
        assertFound("received, and still there", BrokenStores::thatKeepsWhatWasReceived, "messages");
    }

    @Test
    void aMessageThatIsAcceptedAgainWhenItIsRepeatedIsFound() {
        assertFound("no ids of messages", BrokenStores::withoutMessageIds, "messages");
    }

    @Test
    void aQueueWithoutBoundIsFound() {
        assertFound("no bounds", BrokenStores::withoutBounds, "bound");
    }

    @Test
    void aKeyThatTwoHoldIsFound() {
        assertFound("no keys", BrokenStores::withoutKeys, "keys");
    }

    @Test
    void aSweepAtTheStartIsFound() {
        assertFound("recovery by a sweep at the start", BrokenStores::thatSweepAtTheStart, "P10");
    }

    @Test
    void aLeaseByTheClockOfAHostIsFound() {
        assertFound("lease by a host's clock", BrokenStores::withLeasesByAHostsClock, "P10");
    }

    @Test
    void anExceptionThatIsTakenForNotWrittenIsFound() {
        assertFound("\"an exception means not written\"", BrokenStores::thatTakeExceptionsForUnwritten, "");
    }

    private static void assertFound(String removed, UnaryOperator<SystemDatabase> breakage, String promise) {
        var simulation = new Simulation(breakage, 1);
        for (long seed = 0; seed < SEEDS; seed++) {
            var failure = simulation.run(seed).failure();
            if (failure == null || !failure.startsWith(promise)) continue;
            System.out.printf("CANARY %s: seed %d, %s%n", removed, seed, failure.lines().findFirst().orElse(""));
            return;
        }
        fail("not found in %d seeds; instead: %s", SEEDS, simulation.failures());
    }
}
