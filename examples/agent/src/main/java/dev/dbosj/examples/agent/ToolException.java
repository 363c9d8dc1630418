package dev.dbosj.examples.agent;

/** A tool has no result. The message is for the model. */
final class ToolException extends Exception {
    private static final long serialVersionUID = 1L;

    ToolException(String message) {
        super(message);
    }
}
