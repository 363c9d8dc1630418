package dev.dbosj.bench;

/**
 * Somebody who does a work.
 *
 * @param size how much of it in one run
 * @param runs how often it is measured; 0: as often as asked for
 */
record Side(int size, int runs, Ground ground, Measured measured) {

    /** One run: the figure of doing so much. */
    @FunctionalInterface
    interface Measured {
        double on(Database database, int size) throws Exception;
    }

    /** Where a run takes place. */
    @FunctionalInterface
    interface Ground {
        Database of(Store store) throws Exception;
    }

    Side(int size, Measured measured) {
        this(size, 0, Store::fresh, measured);
    }

    Side runs(int newRuns) {
        return new Side(size, newRuns, ground, measured);
    }

    Side on(Ground newGround) {
        return new Side(size, runs, newGround, measured);
    }

    Side size(int newSize) {
        return new Side(newSize, runs, ground, measured);
    }

    double run(Store store) throws Exception {
        try (var database = ground.of(store)) {
            return measured.on(database, size);
        }
    }
}
