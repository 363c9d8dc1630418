package dev.dbosj.examples.ingestion;

import java.io.IOException;

/** This document cannot be read; the message says why. */
class UnreadableDocumentException extends IOException {
    private static final long serialVersionUID = 1L;

    UnreadableDocumentException(String message) {
        super(message);
    }

    UnreadableDocumentException(String message, Throwable cause) {
        super(message, cause);
    }

    static UnreadableDocumentException ofNoKnownFormat(String name) {
        return new UnreadableDocumentException("'%s' is of no format that can be read".formatted(name));
    }
}
