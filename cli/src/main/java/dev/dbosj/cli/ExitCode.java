package dev.dbosj.cli;

/** What a script learns from the end of a command. 2 is what picocli says of a wrong command line. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILURE = 1;
    static final int USAGE = 2;
    static final int NO_SUCH_WORKFLOW = 4;

    private ExitCode() {}
}
