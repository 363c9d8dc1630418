package dev.dbosj.examples.queueworker;

/** The request is wrong, and the answer says why. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    Refusal(int status, String reason) {
        super(reason);
        this.status = status;
    }

    Answer answer() {
        return Answer.error(status, getMessage());
    }
}
