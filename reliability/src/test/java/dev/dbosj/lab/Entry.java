package dev.dbosj.lab;

import java.util.List;

/**
 * One line of the ledger. What does not apply is 0 or empty.
 *
 * @param at nanoseconds by the clock that all processes of a machine share since it was started
 * @param life which launch of a worker in this suite, from 1; 0 for the test itself
 * @param pid the process that wrote it, or that is meant by a fault
 * @param step the step's number within its workflow
 * @param name the step's name
 * @param attempt from 1, counted by the process
 * @param detail for a begin, what the step was given; it must be the same at every attempt
 */
record Entry(
        long at, Kind kind, int life, long pid, String workflowId, int step, String name, int attempt, String detail) {
    /** What happened. */
    enum Kind {
        /** A call that started a workflow has returned; the detail says how it is to end, unless in SUCCESS. */
        ACCEPTED,
        /** A workflow must not start before the time of this line; the attempt is the number of the call. */
        DUE,
        /** From now on what always failed goes well. */
        CURED,
        /** A workflow was claimed. */
        CLAIMED,
        /** A step's body has begun. */
        BEGIN,
        /** It has returned. */
        END,
        /** It is about to throw. */
        FAIL,
        /** It was interrupted, because its executor has lost its lease or is about to end. */
        INTERRUPTED,
        /** The process is about to be killed, by us. */
        DOOMED,
        /** It has ended, by us. */
        FAULT,
        /** The process has been stopped, by us, for longer than its lease. */
        STOPPED,
        /** A stopped process is about to go on. */
        CONTINUED,
        /** A thread stays where the test has asked it to; the workflow id is the place. */
        HELD,
        /** A workflow's method has left. */
        LEFT,
        /**
         * The database has answered a write for a workflow, or a claim; the name is the write, the detail the answer.
         */
        ANSWER
    }

    private static final String SEPARATOR = "\t";

    String line() {
        return String.join(SEPARATOR, List.of(
                Long.toString(at), kind.name(), Integer.toString(life), Long.toString(pid), workflowId,
                Integer.toString(step), name, Integer.toString(attempt), detail.replaceAll("\\s", " "))) + "\n";
    }

    static Entry parse(String line) {
        var field = line.split(SEPARATOR, -1);
        return new Entry(
                Long.parseLong(field[0]), Kind.valueOf(field[1]), Integer.parseInt(field[2]), Long.parseLong(field[3]),
                field[4], Integer.parseInt(field[5]), field[6], Integer.parseInt(field[7]), field[8]);
    }

    /** Which step of which workflow, and what of it: by these an entry is waited for. */
    boolean is(Kind kind, String workflowId, String name) {
        return this.kind == kind && this.workflowId.equals(workflowId) && this.name.equals(name);
    }

    /** The step as the whole world knows it: what {@code DBOS.stepKey()} says. */
    String key() {
        return workflowId + ":" + step;
    }
}
