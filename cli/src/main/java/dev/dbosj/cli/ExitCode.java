package dev.dbosj.cli;

/** What a script learns from the end of a command. 2 is what picocli says of a wrong command line. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILURE = 1;
    static final int USAGE = 2;
    static final int NOT_FOUND = 4;
    static final int CONFLICT = 5;
    static final int INTERRUPTED = 130;

    /** For the help and the manual. */
    static final String MEANING = "Exit codes: 0 done, 1 failed, 2 wrong command line, 4 not found, 5 conflict with what"
            + " is there, 130 interrupted.";

    private ExitCode() {}
}
