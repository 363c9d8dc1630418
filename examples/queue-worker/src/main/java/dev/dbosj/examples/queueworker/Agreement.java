package dev.dbosj.examples.queueworker;

/** What the web server and the workers have agreed upon. They share nothing else but the system database. */
final class Agreement {
    static final String QUEUE = "workflow-queue";
    static final String WORKFLOW = "workflow";
    static final String PROGRESS = "workflow_progress";
    static final int MAX_STEPS = 1_000;

    /** The value of the event. Its components are named as programs in other languages read them. */
    record Progress(int steps_completed, int num_steps) {}

    private Agreement() {}
}
