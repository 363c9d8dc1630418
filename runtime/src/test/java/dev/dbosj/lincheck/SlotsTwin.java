package dev.dbosj.lincheck;

import org.jetbrains.lincheck.datastructures.Operation;

/** Slots that are counted without a lock. */
public class SlotsTwin {
    private int taken;

    @Operation
    public void take() {
        taken++;
    }

    @Operation
    public void giveBack() {
        taken--;
    }

    @Operation
    public int free() {
        return 4 - taken;
    }
}
