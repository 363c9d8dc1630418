package dev.dbosj.bench;

/** What the sides of a work reached; the peer's figures are empty if it was not asked. */
record Result(Work work, Figures engine, Figures limit, Figures peer) {
    Result(Work work) {
        this(work, new Figures(), new Figures(), new Figures());
    }

    /** How much of the limit the engine reaches. */
    double share() {
        return times(limit);
    }

    /** How many times better than the peer it is. */
    double times() {
        return times(peer);
    }

    private double times(Figures other) {
        return work.higherIsBetter() ? engine.median() / other.median() : other.median() / engine.median();
    }
}
