package dev.dbosj.postgres;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;

/** Says what may be assumed after a failure, and what to do. SQLSTATEs are PostgreSQL's. */
final class PostgresErrors {
    /** Of the function {@code dbosj.require}. */
    private static final String OUT_OF_THE_ORDINARY = "DBJ01";

    /** Of the connection, in general. */
    static final String LOST_ANSWER = "08000";

    private static final String UNIQUE_VIOLATION = "23505";
    private static final String LOCKED = "55P03";
    private static final Set<String> REPEATABLE = Set.of("40001", "40P01");

    /** Classes of what the driver says when it is the connection that has failed. */
    private static final Set<String> OF_THE_CONNECTION = Set.of("", "08", "58", "60", "99");

    /** What leaves the connection as good as before. */
    private static final Set<String> OF_THE_STATEMENT =
            Set.of("25006", "40001", "40P01", "53100", "53200", "55P03", "57014");

    private static final String UNREACHABLE =
            "the server cannot be reached; see whether it runs, and whether host and port of the URL are right";
    private static final String NO_TABLES = "the tables of dbosj are missing; let a runtime migrate the database";
    private static final String STARTING = "the server is shutting down or starting up";
    private static final String NO_USER = "the server refuses the user; correct name or password in the URL";

    private static final Map<String, String> REFUSALS = Map.ofEntries(
            Map.entry("3F000", NO_TABLES),
            Map.entry("42P01", NO_TABLES),
            Map.entry("42703", NO_TABLES),
            Map.entry("42883", NO_TABLES),
            Map.entry("42501", "the user lacks a privilege; grant it all on schema dbosj and what is in it"),
            Map.entry("25006", "the database is read-only"),
            Map.entry("53100", "the server's disk is full"),
            Map.entry("53300", "the server has no connection left; raise max_connections, or use a pooler"),
            Map.entry("57014", "the statement was cancelled; see statement_timeout of the user and the database"),
            Map.entry("57P01", STARTING),
            Map.entry("57P02", STARTING),
            Map.entry("57P03", STARTING),
            Map.entry("08004", "the server refuses the connection; see whether it wants a password, or encryption"),
            Map.entry("28000", NO_USER),
            Map.entry("28P01", NO_USER),
            Map.entry("3D000", "there is no such database; create it, or correct the URL"));

    private PostgresErrors() {}

    /** Whether the set-wise message met what only the careful way can tell apart. Nothing was written. */
    static boolean isOutOfTheOrdinary(SQLException cause) {
        return state(cause).equals(OUT_OF_THE_ORDINARY) || state(cause).equals(UNIQUE_VIOLATION);
    }

    /** Whether what was read was overtaken: the same work, begun anew, finds how things stand. Nothing was written. */
    static boolean isRace(SQLException cause) {
        return isRepeatable(cause) || state(cause).equals(UNIQUE_VIOLATION);
    }

    /** Whether somebody else was in the way, who is through by now. Nothing was written. */
    static boolean isRepeatable(SQLException cause) {
        return REPEATABLE.contains(state(cause));
    }

    /** Whether no answer came: the server may have carried out the request, or may still. */
    static boolean isLostAnswer(SQLException cause) {
        return OF_THE_CONNECTION.contains(stateClass(cause));
    }

    /** Whether the connection is worth keeping. */
    static boolean sparesConnection(SQLException cause) {
        return OF_THE_STATEMENT.contains(state(cause));
    }

    /** A failure after which nothing was written, because it came before the commit. */
    static SystemDatabaseException failure(String act, SQLException cause) {
        var state = state(cause);
        if (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"))
            return exception(Kind.REFUSED, act, "the data cannot be stored", cause);
        if (isRepeatable(cause) || state.equals(LOCKED))
            return exception(Kind.CONTENDED, act, "another transaction is in the way", cause);
        return exception(Kind.UNAVAILABLE, act, reason(state), cause);
    }

    /** A failure of a statement that commits by itself, or of a commit. */
    static SystemDatabaseException commitFailure(String act, SQLException cause) {
        return isLostAnswer(cause)
                ? exception(Kind.UNKNOWN_OUTCOME, act, "the connection was lost before the answer came", cause)
                : failure(act, cause);
    }

    /** No connection could be had. */
    static SystemDatabaseException unreachable(String act, SQLException cause) {
        var first = cause.getCause() instanceof SQLException inner ? inner : cause;
        var reason = REFUSALS.getOrDefault(state(first), UNREACHABLE);
        return exception(Kind.UNAVAILABLE, act, reason, cause);
    }

    private static String reason(String state) {
        if (state.startsWith("08")) return "the connection was lost";
        return REFUSALS.getOrDefault(state, "the server cannot do it now");
    }

    private static String state(SQLException cause) {
        return cause.getSQLState() == null ? "" : cause.getSQLState();
    }

    private static String stateClass(SQLException cause) {
        var state = state(cause);
        return state.substring(0, Math.min(2, state.length()));
    }

    private static SystemDatabaseException exception(Kind kind, String act, String reason, SQLException cause) {
        var message = "cannot %s: %s (%s)".formatted(act, reason, cause.getMessage());
        return new SystemDatabaseException(kind, message, cause);
    }
}
