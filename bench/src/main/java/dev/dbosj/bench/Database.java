package dev.dbosj.bench;

/**
 * A database for one run; closing it drops it.
 *
 * @param url     its address for dbosj
 * @param jdbcUrl its address for everybody else
 */
record Database(String url, String jdbcUrl, Dropping dropping) implements AutoCloseable {
    /** What is done with it after the run. */
    @FunctionalInterface
    interface Dropping {
        void drop() throws Exception;
    }

    @Override
    public void close() throws Exception {
        dropping.drop();
    }
}
