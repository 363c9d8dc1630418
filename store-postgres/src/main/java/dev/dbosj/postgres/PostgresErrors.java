package dev.dbosj.postgres;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/** Says what may be assumed after a failure, and what to do. SQLSTATEs are PostgreSQL's. */
final class PostgresErrors {
    /** Of the function {@code dbosj.require}. */
    private static final String OUT_OF_THE_ORDINARY = "DBJ01";

    private static final String UNIQUE_VIOLATION = "23505";
    private static final Set<String> REPEATABLE = Set.of("40001", "40P01", "55P03");

    private PostgresErrors() {}

    /** Whether the set-wise message met what only the careful way can tell apart. Nothing was written. */
    static boolean isOutOfTheOrdinary(SQLException cause) {
        return state(cause).equals(OUT_OF_THE_ORDINARY) || state(cause).equals(UNIQUE_VIOLATION);
    }

    /** Whether somebody else was in the way for a moment. Nothing was written. */
    static boolean isRepeatable(SQLException cause) {
        return REPEATABLE.contains(state(cause));
    }

    /** Whether no answer came: the server may have carried out the request, or may still. */
    static boolean isLostAnswer(SQLException cause) {
        return state(cause).startsWith("08");
    }

    /** A failure after which nothing was written, because it came before the commit. */
    static SystemDatabaseException failure(String act, SQLException cause) {
        var state = state(cause);
        if (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"))
            return exception(Kind.REFUSED, act, "the data cannot be stored", cause);
        return exception(Kind.UNAVAILABLE, act, reason(state, cause), cause);
    }

    /** A failure of a statement that commits by itself, or of a commit. */
    static SystemDatabaseException commitFailure(String act, SQLException cause) {
        return isLostAnswer(cause)
                ? exception(Kind.UNKNOWN_OUTCOME, act, "the connection was lost before the answer came", cause)
                : failure(act, cause);
    }

    private static String reason(String state, SQLException cause) {
        if (cause instanceof SQLTransientConnectionException)
            return "no connection could be had; see whether the server runs and takes connections";
        if (REPEATABLE.contains(state)) return "another transaction keeps a row locked";
        return switch (state) {
            case "42P01", "3F000", "42883", "42703" ->
                    "the database lacks tables of dbosj; let a runtime migrate it";
            case "42501" -> "the user lacks a privilege; grant it all on schema dbosj and on the tables in it";
            case "25006" -> "the database is read-only";
            case "53100" -> "the server's disk is full";
            case "53300" -> "the server has no connection left; raise max_connections, or use a pooler";
            case "57014" -> "the statement was cancelled; see statement_timeout of the user and the database";
            case "57P01", "57P02", "57P03" -> "the server is shutting down or starting up";
            case "28000", "28P01" -> "the server refuses the user; check name and password";
            default -> state.startsWith("08") ? "the connection was lost" : "the server cannot do it now";
        };
    }

    private static String state(SQLException cause) {
        return cause.getSQLState() == null ? "" : cause.getSQLState();
    }

    private static SystemDatabaseException exception(Kind kind, String act, String reason, SQLException cause) {
        var message = "cannot %s: %s (%s)".formatted(act, reason, cause.getMessage());
        return new SystemDatabaseException(kind, message, cause);
    }
}
