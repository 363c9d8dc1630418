package dev.dbosj.bench;

/** A kind of store to measure on. */
interface Store extends AutoCloseable {
    /** A database without any tables. */
    Database fresh() throws Exception;

    /** A database that holds so many finished workflows with their checkpoints; the same one each time. */
    Database withFinished(int workflows) throws Exception;

    /** What is measured here, in a line for the report. */
    String description() throws Exception;

    /** What is wanted of the work here. */
    Target target(Work work);
}
