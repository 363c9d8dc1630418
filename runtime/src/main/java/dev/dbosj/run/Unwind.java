package dev.dbosj.run;

/**
 * Leaves the thread of a run that must not go on: fenced, cancelled, shut down, or broken. User code may catch it, but
 * then every further durable call throws it again, and whatever the method returns is discarded.
 */
final class Unwind extends Error {
    private static final long serialVersionUID = 1L;

    Unwind(String message) {
        super(message, null, false, false);
    }
}
