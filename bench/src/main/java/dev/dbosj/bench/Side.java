package dev.dbosj.bench;

/**
 * Somebody who does a work.
 *
 * @param size how much of it in one run
 */
record Side(String name, int size, Ground ground, Measured measured) {

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

    Side(String name, int size, Measured measured) {
        this(name, size, Store::fresh, measured);
    }

    Side size(int newSize) {
        return new Side(name, newSize, ground, measured);
    }

    Side on(String newName, Ground newGround) {
        return new Side(newName, size, newGround, measured);
    }

    double run(Store store) throws Exception {
        try (var database = ground.of(store)) {
            return measured.on(database, size);
        }
    }
}
