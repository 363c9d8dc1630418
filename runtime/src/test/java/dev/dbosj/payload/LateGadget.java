package dev.dbosj.payload;

/** The gadget of the canary, which does load it. */
final class LateGadget {
    private LateGadget() {}
}
