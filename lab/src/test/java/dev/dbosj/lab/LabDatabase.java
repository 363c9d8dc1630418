package dev.dbosj.lab;

import java.util.Optional;

/** The system database of one experiment. */
interface LabDatabase extends AutoCloseable {
    /** What a worker is told. @param life the number of its launch, by which the database can know it */
    String url(int life);

    /** The tables, while workers are running. */
    Tables tables();

    /** The tables, when no worker is running. */
    Tables tablesAtRest();

    /** Keeps everybody from writing, until it is closed. */
    AutoCloseable lockOutWriters() throws Exception;

    /** What the database has seen, where it can watch. */
    Optional<Witness> witness();

    /** Deletes it. */
    @Override
    void close();
}
