package dev.dbosj.lincheck;

import dev.dbosj.time.Bell;
import java.time.Duration;
import org.jetbrains.lincheck.datastructures.Operation;

/** A ring is never lost, and spares one wait. */
public class BellCheck {
    private final Bell bell = new Bell(Invocations.STILL);

    public BellCheck() {
        Invocations.another();
    }

    @Operation
    public void ring() {
        bell.ring();
    }

    @Operation(nonParallelGroup = "waiter")
    public boolean hasRung() {
        return bell.await(Duration.ZERO);
    }
}
