package dev.dbosj.examples.ingestion;

/** A web server did not answer, or not now: asking again may help. */
final class ServerBusyException extends UnreadableDocumentException {
    private static final long serialVersionUID = 1L;

    ServerBusyException(String message) {
        super(message);
    }

    ServerBusyException(String message, Throwable cause) {
        super(message, cause);
    }
}
