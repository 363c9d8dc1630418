package dev.dbosj.simulation;

/** How bad a world is. Where nothing, or only one thing, goes wrong, more can be promised. */
enum Weather {
    /** Nothing goes wrong, so nothing is repeated. */
    CALM,
    /** The database is away for everybody, again and again, so nobody is taken for dead. */
    OUTAGES,
    /** Everything that can go wrong does. */
    STORM
}
