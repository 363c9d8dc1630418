package dev.dbosj.lincheck;

import org.jetbrains.lincheck.datastructures.Operation;

/** A bell that is silenced whether it rang or not: a ring in between is lost. */
public class BellTwin {
    private volatile boolean rung;

    @Operation
    public void ring() {
        rung = true;
    }

    @Operation(nonParallelGroup = "waiter")
    public boolean hasRung() {
        boolean rang = rung;
        rung = false;
        return rang;
    }
}
