package dev.dbosj.sqlite;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.jdbc.Migrations;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.workflow.SystemDatabaseInfo;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Knows whose file it is, and brings its tables up to date. SQLite keeps two numbers for that in the file's header. */
final class SqliteSchema {
    /** "DBOS" in ASCII. */
    private static final int APPLICATION_ID = 0x44424F53;

    private static final Migrations MIGRATIONS = new Migrations(
            SqliteSchema.class,
            List.of("V1__tables.sql", "V2__events_and_limits.sql", "V3__messages.sql", "V4__flow_control.sql",
                    "V5__listing.sql", "V6__bounded_queues.sql", "V7__attempts.sql"));

    private SqliteSchema() {}

    /** Refuses a file that belongs to another program or to a newer version of this one. */
    static int check(Session session, Path path) throws SQLException {
        int application = pragma(session, "application_id");
        int version = pragma(session, "user_version");
        boolean empty = !session.any("select 1 from sqlite_master");
        if (application != APPLICATION_ID && !(empty && application == 0 && version == 0))
            throw new SystemDatabaseException(Kind.UNUSABLE,
                    "%s is a database of another program; name another file".formatted(path));
        if (version > MIGRATIONS.latest())
            throw new SystemDatabaseException(Kind.UNUSABLE,
                    "%s has tables of version %d, this program knows only %d; use a newer dbosj"
                            .formatted(path, version, MIGRATIONS.latest()));
        return version;
    }

    /** Whether there is nothing to migrate. Refuses what {@link #check} refuses. */
    static boolean isCurrent(Session session, Path path) throws SQLException {
        return check(session, path) == MIGRATIONS.latest();
    }

    /** Makes one step towards the newest version. @return whether there was one to make */
    static boolean migrate(Session session, Path path) throws SQLException {
        int version = check(session, path) + 1;
        if (version > MIGRATIONS.latest()) return false;
        for (var statement : MIGRATIONS.statements(version)) session.execute(statement);
        session.execute("pragma application_id = " + APPLICATION_ID);
        session.execute("pragma user_version = " + version);
        return true;
    }

    /** The scripts of all versions that are missing. */
    static List<String> pending(Session session, Path path) throws SQLException {
        int version = check(session, path);
        return IntStream.rangeClosed(version + 1, MIGRATIONS.latest()).mapToObj(MIGRATIONS::script).toList();
    }

    static SystemDatabaseInfo info(Session session, Instant now) throws SQLException {
        var missing = MIGRATIONS.indexes();
        session.list("select name from sqlite_master where type = 'index'", row -> missing.remove(row.getString(1)));
        var product = session.first("select 'SQLite ' || sqlite_version()", row -> row.getString(1));
        return new SystemDatabaseInfo(product, pragma(session, "user_version"), now, List.copyOf(missing));
    }

    private static int pragma(Session session, String name) throws SQLException {
        return session.first("pragma " + name, row -> row.getInt(1));
    }
}
