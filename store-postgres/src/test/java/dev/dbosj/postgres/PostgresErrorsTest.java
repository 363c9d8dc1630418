package dev.dbosj.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresErrorsTest {
    @ParameterizedTest
    @CsvSource({
        "22021, REFUSED", "22P05, REFUSED", "23502, REFUSED", "23505, REFUSED", "54000, REFUSED",
        "40001, CONTENDED", "40P01, CONTENDED", "55P03, CONTENDED",
        "08006, UNAVAILABLE", "08001, UNAVAILABLE", "25006, UNAVAILABLE", "25P03, UNAVAILABLE",
        "53100, UNAVAILABLE", "53200, UNAVAILABLE", "53300, UNAVAILABLE",
        "57014, UNAVAILABLE", "57P01, UNAVAILABLE", "57P03, UNAVAILABLE",
        "58030, UNAVAILABLE", "XX000, UNAVAILABLE", "42P01, UNAVAILABLE", "42501, UNAVAILABLE", "26000, UNAVAILABLE"
    })
    void theClassOfAnErrorBeforeTheCommitSaysWhatMayBeAssumed(String state, Kind kind) {
        var failure = new SQLException("why", state);

        assertThat(PostgresErrors.failure("act", failure).kind()).isEqualTo(kind);
        assertThat(PostgresErrors.failure("act", failure)).hasMessageContainingAll("act", "why").hasCause(failure);
    }

    @ParameterizedTest
    @ValueSource(strings = {"08006", "08003", "08S01", "58030", "99999", ""})
    void anAnswerThatIsLostLeavesTheOutcomeUnknown(String state) {
        assertThat(PostgresErrors.commitFailure("act", new SQLException("why", state)).kind())
                .isEqualTo(Kind.UNKNOWN_OUTCOME);
    }

    @ParameterizedTest
    @CsvSource({"57P01, UNAVAILABLE", "53100, UNAVAILABLE", "22021, REFUSED", "40001, CONTENDED"})
    void whatTheServerSaysInsteadOfCommittingIsKnown(String state, Kind kind) {
        assertThat(PostgresErrors.commitFailure("act", new SQLException("why", state)).kind()).isEqualTo(kind);
    }

    @Test
    void anErrorWithoutAStateIsAPause() {
        var failure = new SQLException("connection closed");

        assertThat(PostgresErrors.failure("act", failure).kind()).isEqualTo(Kind.UNAVAILABLE);
    }

    @Test
    void whoCouldNotConnectIsToldWhy() {
        var why = new SQLException("password authentication failed", "28P01");
        var none = new SQLTransientConnectionException("no connection", "28P01", why);
        var failure = PostgresErrors.unreachable("act", none);

        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        assertThat(failure).hasMessageContainingAll("act", "name or password");
    }

    @Test
    void whoHasNoPasswordIsNotToldThatTheServerIsElsewhere() {
        var failure = PostgresErrors.unreachable("act", new SQLException("no password was provided", "08004"));

        assertThat(failure.getMessage()).contains("wants a password").doesNotContain("host and port");
    }
}
