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
        assertFound(BrokenStores::withoutEpochTest, "I2");
    }

    @Test
    void aTakeoverThatDoesNotRaiseTheEpochIsFound() {
        assertFound(BrokenStores::withoutRaisedEpochs, "I2");
    }

    @Test
    void aStoreWithoutPrimaryKeyOnCheckpointsIsFound() {
        assertFound(BrokenStores::withoutPrimaryKey, "I10");
    }

    @Test
    void aStoreThatDeclaresTheLivingDeadIsFound() {
        assertFound(BrokenStores::thatTakesOverTheLiving, "P10");
    }

    @Test
    void aStoreThatForgetsWhatItAcknowledgedIsFound() {
        assertFound(BrokenStores::withoutDurability, "I3");
    }

    @Test
    void aLimitThatIsReadBeforeTheLockIsFound() {
        assertFound(BrokenStores::withLimitsReadBeforeTheLock, "I4");
    }

    @Test
    void anEventSetByAZombieIsFound() {
        assertFound(BrokenStores::thatLetsZombiesSetEvents, "I2: events");
    }

    @Test
    void aStoreWithoutPrioritiesIsFound() {
        assertFound(BrokenStores::withoutPriorities, "order");
    }

    @Test
    void aChangeThatIsAppliedAgainWhenItIsRepeatedIsFound() {
        assertFound(BrokenStores::withoutNonces, "P7");
    }

    @Test
    void aMessageThatIsStillThereWhenItWasReceivedIsFound() {
        assertFound(BrokenStores::thatKeepsWhatWasReceived, "messages");
    }

    @Test
    void aMessageThatIsAcceptedAgainWhenItIsRepeatedIsFound() {
        assertFound(BrokenStores::withoutMessageIds, "messages");
    }

    private static void assertFound(UnaryOperator<SystemDatabase> breakage, String promise) {
        var simulation = new Simulation(breakage, 1);
        for (long seed = 0; seed < SEEDS; seed++) {
            var failure = simulation.run(seed).failure();
            if (failure != null && failure.startsWith(promise)) return;
        }
        fail("not found in %d seeds; instead: %s", SEEDS, simulation.failures());
    }
}
