package dev.dbosj.lab;

import java.util.List;

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

    /** What was written for a workflow by somebody who did not own it; known only where the database can watch. */
    List<String> staleWrites();

    /** Deletes it. */
    @Override
    void close();
}
