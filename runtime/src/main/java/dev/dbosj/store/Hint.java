package dev.dbosj.store;

/** What a process tells the others after a commit. Nothing depends on it: whoever misses it finds out by looking. */
public enum Hint {
    /** There is something to claim. */
    WORK,
    /** A workflow has ended, or an event was set. */
    ARRIVAL,
    /** Workflows were cancelled, or queue definitions have changed. */
    CHANGE
}
