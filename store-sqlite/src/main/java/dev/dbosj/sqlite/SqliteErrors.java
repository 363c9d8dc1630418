package dev.dbosj.sqlite;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Says what may be assumed after a failure, and what to do. */
final class SqliteErrors {
    private SqliteErrors() {}

    /** A failure before the commit: nothing was written. */
    static SystemDatabaseException failure(String act, SQLException cause) {
        return switch (code(cause)) {
            case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_MISMATCH ->
                    exception(Kind.REFUSED, act, "the data cannot be stored", cause);
            case SQLITE_NOTADB ->
                    exception(Kind.UNUSABLE, act, "the file is no SQLite database; name another file", cause);
            case SQLITE_CORRUPT ->
                    exception(Kind.UNUSABLE, act, "the file is damaged; keep it, and go on with a backup of it", cause);
            case SQLITE_ERROR ->
                    exception(Kind.UNUSABLE, act, "the file lacks tables; let a runtime migrate it", cause);
            case SQLITE_BUSY, SQLITE_LOCKED ->
                    exception(Kind.UNAVAILABLE, act, "another program keeps the file locked", cause);
            case SQLITE_FULL -> exception(Kind.UNAVAILABLE, act, "the disk is full", cause);
            case SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN ->
                    exception(Kind.UNAVAILABLE, act, "this process may not write the file or its folder", cause);
            default -> exception(Kind.UNAVAILABLE, act, "the file could not be read or written", cause);
        };
    }

    /** A failure of the commit itself: known only if SQLite could roll back, and the disk is not in doubt. */
    static SystemDatabaseException commitFailure(String act, SQLException cause, boolean rolledBack) {
        if (rolledBack && code(cause) != SQLiteErrorCode.SQLITE_IOERR) return failure(act, cause);
        return exception(Kind.UNKNOWN_OUTCOME, act, "the commit failed halfway", cause);
    }

    // The low byte is the class of an error, the rest tells more of it than matters here.
    private static SQLiteErrorCode code(SQLException cause) {
        return cause instanceof SQLiteException failure
                ? SQLiteErrorCode.getErrorCode(failure.getResultCode().code & 0xff)
                : SQLiteErrorCode.UNKNOWN_ERROR;
    }

    private static SystemDatabaseException exception(Kind kind, String act, String reason, SQLException cause) {
        var message = "cannot %s: %s (%s)".formatted(act, reason, cause.getMessage());
        return new SystemDatabaseException(kind, message, cause);
    }
}
