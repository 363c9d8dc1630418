package dev.dbosj.time;

import java.util.function.Supplier;

/** The only factory of threads. */
public interface Threads {
    /** Starts a virtual thread for one workflow. */
    Thread startWorkflow(String name, Runnable body);

    /** Starts a daemon thread for one loop of the engine; it may run native code. */
    Thread startEngine(String name, Runnable loop);

    /**
     * Makes a call into the database on behalf of any thread. A virtual thread hands it to a platform thread: native
     * code would pin its carrier, and there are only as many carriers as processors.
     */
    <T> T callDatabase(Supplier<T> call);

    /** A thread that has not been started, for the virtual machine to start when it shuts down. */
    Thread shutdownHook(String name, Runnable body);

    /** Ends the threads that are idle; calls into the database stay possible. */
    default void release() {}

    /** The threads of the machine. */
    static Threads system() {
        return new SystemThreads();
    }
}
