package dev.dbosj.exceptions;

/** The system database said no, or could not be reached. */
public final class SystemDatabaseException extends DBOSException {
    private static final long serialVersionUID = 1L;

    /** What may be assumed after the failure. */
    public enum Kind {
        /** The data itself was refused; nothing was written, and the same command will be refused again. */
        REFUSED,
        /** Nothing was written; the same call may succeed later. */
        UNAVAILABLE,
        /** Nothing was written, because somebody else holds a lock; the same call is to be repeated. */
        CONTENDED,
        /** The answer was lost: the call may have been carried out, or may still be. */
        UNKNOWN_OUTCOME,
        /** The store cannot be used as it is: wrong settings, wrong schema, closed. */
        UNUSABLE
    }

    private final Kind kind;

    public SystemDatabaseException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public SystemDatabaseException(Kind kind, String message) {
        this(kind, message, null);
    }

    public Kind kind() {
        return kind;
    }
}
