/**
 * Experiments with real processes on one database, a SQLite file and one on a PostgreSQL server in turn: workers are
 * killed, stopped and interrupted, and an auditor compares what they say that they did, in a ledger outside of the
 * database, with what is promised. On PostgreSQL a witness within the database watches who writes what for whom.
 *
 * <pre>
 * KillTest          SIGKILL at random moments, and exactly at the named points of the engine
 * TwoProcessesTest  one of two is killed, and the other goes on; both are killed
 * FleetTest         SIGKILL and SIGSTOP past the lease, now of one and now of another of four
 * ConcurrencyTest   four processes that may be killed share five slots
 * ZombieTest        SIGSTOP right before each kind of write, a takeover, and SIGCONT
 * CtrlCTest         SIGTERM and SIGINT
 * LaunchLoopTest    launch and close, again and again
 * AuditorTest, WitnessTest, PausesTest   those who judge find what is wrong
 * </pre>
 *
 * <p>Each prints a line of figures. {@code -Ddbosj.seconds=600} lets those that kill and stop go on for ten minutes on
 * each store, {@code -Ddbosj.lab.store=postgres} leaves out SQLite, {@code -Ddbosj.seed=7} repeats the choice of
 * moments; the seed is random and printed otherwise. What fails is kept in {@code target/lab}.
 */
package dev.dbosj.lab;
