package dev.dbosj.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

class SqliteErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "SQLITE_CONSTRAINT, REFUSED", "SQLITE_CONSTRAINT_NOTNULL, REFUSED",
        "SQLITE_TOOBIG, REFUSED", "SQLITE_MISMATCH, REFUSED",
        "SQLITE_BUSY, UNAVAILABLE", "SQLITE_BUSY_SNAPSHOT, UNAVAILABLE", "SQLITE_LOCKED, UNAVAILABLE",
        "SQLITE_FULL, UNAVAILABLE", "SQLITE_IOERR, UNAVAILABLE", "SQLITE_IOERR_FSYNC, UNAVAILABLE",
        "SQLITE_READONLY, UNAVAILABLE", "SQLITE_CANTOPEN, UNAVAILABLE", "SQLITE_NOMEM, UNAVAILABLE",
        "SQLITE_INTERRUPT, UNAVAILABLE", "SQLITE_PROTOCOL, UNAVAILABLE",
        "SQLITE_NOTADB, UNUSABLE", "SQLITE_CORRUPT, UNUSABLE", "SQLITE_CORRUPT_INDEX, UNUSABLE",
        "SQLITE_ERROR, UNUSABLE"
    })
    void theClassOfAnErrorSaysWhatMayBeAssumed(SQLiteErrorCode code, Kind kind) {
        var failure = new SQLiteException("why", code);

        assertThat(SqliteErrors.failure("act", failure).kind()).isEqualTo(kind);
        assertThat(SqliteErrors.failure("act", failure)).hasMessageContainingAll("act", "why").hasCause(failure);
    }

    @Test
    void anErrorThatIsNotSqlitesIsAPause() {
        var failure = new SQLException("connection closed");

        assertThat(SqliteErrors.failure("act", failure).kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void aCommitIsKnownToHaveFailedOnlyWhenItWasRolledBackAndTheDiskIsNotInDoubt() {
        var full = new SQLiteException("why", SQLiteErrorCode.SQLITE_FULL);
        var disk = new SQLiteException("why", SQLiteErrorCode.SQLITE_IOERR_FSYNC);

        assertThat(SqliteErrors.commitFailure("act", full, true).kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(SqliteErrors.commitFailure("act", full, false).kind()).isEqualTo(Kind.UNKNOWN_OUTCOME);
        assertThat(SqliteErrors.commitFailure("act", disk, true).kind()).isEqualTo(Kind.UNKNOWN_OUTCOME);
    }
}
