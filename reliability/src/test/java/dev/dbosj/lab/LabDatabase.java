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

    /** The tables, for somebody who changes them among the workers. */
    Tables changeable();

    /** How large the log is that is written before the tables, in bytes; 0 where nobody has to care. */
    long logSize();

    /** How large the tables are, in bytes. */
    long size();

    /** Keeps everybody from writing, until it is closed. */
    AutoCloseable lockOutWriters() throws Exception;

    /** What the database has seen, where it can watch. */
    Optional<Witness> witness();

    /** From now on nobody watches, and everything takes as long as it does for users. */
    default void dismissWitness() {}

    /** Deletes it. */
    @Override
    void close();
}
