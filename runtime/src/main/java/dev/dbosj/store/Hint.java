package dev.dbosj.store;

/** What a process tells the others after a commit. Nothing depends on it: whoever misses it finds out by looking. */
public enum Hint {
    /** There is something to claim. */
    WORK,
    /** A workflow has ended, an event was set, or a message was sent. */
    ARRIVAL,
    /** Workflows were cancelled, or queue definitions have changed. */
    CHANGE
}
