/**
 * Experiments with real processes on one SQLite file: workers are killed, stopped and interrupted, and an auditor
 * compares what they say that they did, in a ledger outside of the database, with what is promised.
 *
 * <pre>
 * KillTest          SIGKILL at random moments, and exactly at the named points of the engine
 * TwoProcessesTest  one of two is killed, and the other goes on at once; both are killed
 * StopTest          SIGSTOP at random moments, past the lease
 * ZombieTest        SIGSTOP right before each kind of write, a takeover, and SIGCONT
 * CtrlCTest         SIGTERM and SIGINT
 * LaunchLoopTest    launch and close, again and again
 * AuditorTest       the auditor finds what is wrong
 * </pre>
 *
 * <p>Each prints a line of figures. {@code -Ddbosj.lab.kills=1000} (66 by default) and {@code -Ddbosj.lab.stops=100}
 * (4) make it longer, {@code -Ddbosj.lab.seed=7} repeats the choice of moments; the seed is random and printed
 * otherwise. What fails is kept in {@code target/lab}.
 */
package dev.dbosj.lab;
