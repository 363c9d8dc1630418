package dev.dbosj.postgres;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.jdbc.Migrations;
import dev.dbosj.store.jdbc.Session;
import dev.dbosj.workflow.SystemDatabaseInfo;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Brings the tables up to date, and knows by which settings of the server they would be undermined. */
final class PostgresSchema {
    private static final Migrations MIGRATIONS = new Migrations(
            PostgresSchema.class,
            List.of("V1__tables.sql", "V2__functions.sql", "V3__enqueue_and_send.sql", "V4__flow_control.sql",
                    "V5__listing.sql", "V6__bounded_queues.sql", "V7__attempts.sql"));

    /** "DBOSJ" in ASCII: whoever migrates holds this lock. */
    private static final String LOCK = "select pg_advisory_xact_lock(x'44424f534a'::bigint)";

    // Not to_regclass: it may answer from a cache that is older than the lock.
    private static final String IS_THERE =
            "select from pg_catalog.pg_tables where schemaname = 'dbosj' and tablename = 'schema_version'";

    private static final String VERSION = "select coalesce(max(version), 0) from dbosj.schema_version";

    /** One that could not be built to the end is there, and useless. */
    private static final String INDEXES = """
            select c.relname
              from pg_catalog.pg_index i
              join pg_catalog.pg_class c on c.oid = i.indexrelid
              join pg_catalog.pg_namespace n on n.oid = c.relnamespace
             where n.nspname = 'dbosj' and i.indisvalid
            """;

    private static final String SETTINGS = """
            select current_setting('default_transaction_isolation'),
                   current_setting('synchronous_commit'),
                   current_setting('default_transaction_read_only')::boolean,
                   pg_is_in_recovery(),
                   quote_ident(current_user),
                   current_setting('server_version_num')::integer
            """;

    private record Settings(
            String isolation, String durability, boolean readOnly, boolean recovering, String user, int version) {}

    private PostgresSchema() {}

    /** Refuses a server whose settings would break a promise, saying which statement puts that right. */
    static void checkServer(Session session) throws SQLException {
        var settings = session.first(SETTINGS, row -> new Settings(
                row.getString(1), row.getString(2), row.getBoolean(3),
                row.getBoolean(4), row.getString(5), row.getInt(6)));
        if (settings.version() < 140_000)
            throw unusable("the server is older than PostgreSQL 14; use a newer one");
        if (settings.recovering())
            throw unusable("the server is a standby, which cannot be written; name the primary in the URL");
        if (settings.readOnly())
            throw unusable(settings, "transactions are read-only by default", "default_transaction_read_only = off");
        if (!settings.isolation().equals("read committed"))
            throw unusable(
                    settings,
                    "transactions are '%s' by default".formatted(settings.isolation()),
                    "default_transaction_isolation = 'read committed'");
        if (settings.durability().equals("off"))
            throw unusable(settings, "the server answers before a commit is on disk", "synchronous_commit = on");
    }

    private static SystemDatabaseException unusable(Settings settings, String reason, String remedy) {
        return unusable("%s; run: alter role %s set %s".formatted(reason, settings.user(), remedy));
    }

    /** Whether there is nothing to migrate. Refuses tables of a newer version. */
    static boolean isCurrent(Session session) throws SQLException {
        return version(session) == MIGRATIONS.latest();
    }

    private static int version(Session session) throws SQLException {
        if (!session.any(IS_THERE)) return 0;
        int version = session.first(VERSION, row -> row.getInt(1));
        if (version > MIGRATIONS.latest())
            throw unusable("the schema dbosj has version %d, this program knows only %d; use a newer dbosj"
                    .formatted(version, MIGRATIONS.latest()));
        return version;
    }

    /** Makes one step towards the newest version, alone. @return whether there was one to make */
    static boolean migrate(Session session) throws SQLException {
        session.any(LOCK);
        int version = version(session) + 1;
        if (version > MIGRATIONS.latest()) return false;
        session.execute(MIGRATIONS.script(version));
        return true;
    }

    /** The scripts of all versions that are missing, each a transaction. */
    static List<String> pending(Session session) throws SQLException {
        return IntStream.rangeClosed(version(session) + 1, MIGRATIONS.latest())
                .mapToObj(version -> "begin;\n\n" + MIGRATIONS.script(version) + "\n\ncommit;")
                .toList();
    }

    static SystemDatabaseInfo info(Session session, Instant now) throws SQLException {
        var missing = MIGRATIONS.indexes();
        session.list(INDEXES, row -> missing.remove(row.getString(1)));
        var product = session.first("select 'PostgreSQL ' || current_setting('server_version')", row -> row.getString(1));
        return new SystemDatabaseInfo(product, version(session), now, List.copyOf(missing));
    }

    private static SystemDatabaseException unusable(String reason) {
        return new SystemDatabaseException(Kind.UNUSABLE, reason);
    }
}
