package dev.dbosj.cli;

import dev.dbosj.workflow.WorkflowState;

/** Colours of a terminal, where they are welcome. */
final class Paint {
    private static final String RED = "31";
    private static final String GREEN = "32";
    private static final String YELLOW = "33";
    private static final String CYAN = "36";
    private static final String BOLD_RED = "1;31";

    private final boolean on;

    Paint(boolean on) {
        this.on = on;
    }

    String state(WorkflowState state, String text) {
        return switch (state) {
            case ENQUEUED, DELAYED -> text;
            case PENDING -> colour(CYAN, text);
            case SUCCESS -> colour(GREEN, text);
            case ERROR -> colour(RED, text);
            case CANCELLED -> colour(YELLOW, text);
            case MAX_RECOVERY_ATTEMPTS_EXCEEDED -> colour(BOLD_RED, text);
        };
    }

    String warning(boolean isOne, String text) {
        return isOne ? colour(YELLOW, text) : text;
    }

    String good(String text) {
        return colour(GREEN, text);
    }

    String failure(String text) {
        return colour(RED, text);
    }

    private String colour(String code, String text) {
        return on ? "\u001b[" + code + "m" + text + "\u001b[m" : text;
    }
}
