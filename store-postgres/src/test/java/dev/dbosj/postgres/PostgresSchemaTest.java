package dev.dbosj.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.Outcome;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.time.Time;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Making the tables, and looking at the server before. */
class PostgresSchemaTest {
    private final String url = PostgresServer.freshDatabase();

    @Test
    void manyProcessesMayMigrateAtOnce() throws Exception {
        int many = 8;
        var start = new CyclicBarrier(many);
        var migrations = IntStream.range(0, many).mapToObj(i -> CompletableFuture.runAsync(
                () -> {
                    try (var db = open()) {
                        start.await();
                        db.migrate();
                        assertThat(db.pendingMigrations()).isEmpty();
                    } catch (Exception failure) {
                        throw new AssertionError(failure);
                    }
                },
                task -> Thread.ofPlatform().start(task))).toList();
        for (var migration : migrations) migration.get();
    }

    @Test
    void whatIsMissingCanBeSeenAndAppliedByHand() {
        try (var db = open()) {
            assertThat(db.pendingMigrations()).isNotEmpty();
            PostgresServer.execute(url, String.join("\n", db.pendingMigrations()));

            assertThat(db.pendingMigrations()).isEmpty();
            db.migrate();
            assertThat(db.queues()).isEmpty();
        }
    }

    @Test
    void whoeverMayNotCreateTablesCanUseThoseThatAreThere() {
        try (var db = open()) {
            db.migrate();
        }
        var role = url.substring(url.lastIndexOf('/') + 1) + "_user";
        PostgresServer.execute(url, "create role %1$s login password 'p'; %2$s".formatted(role, """
                grant usage on schema dbosj to %1$s;
                grant select, insert, update, delete on all tables in schema dbosj to %1$s;
                grant usage on all sequences in schema dbosj to %1$s""".formatted(role)));
        try (var db = new PostgresProvider().open(as(role), Time.system())) {
            db.migrate();
            assertThat(db.executors()).isEmpty();
        }
    }

    @Test
    void whoeverOwnsTheDatabaseNeedsNoOtherRight() {
        var role = url.substring(url.lastIndexOf('/') + 1) + "_owner";
        PostgresServer.execute(url, "create role %s login password 'p'".formatted(role));
        PostgresServer.execute(url, "create database %1$s owner %1$s".formatted(role));
        try (var db = new PostgresProvider().open(as(role).replaceFirst("[^/]*$", role), Time.system())) {
            db.migrate();
            Fleet.join(db, "e");
            assertThat(db.apply(List.of(Fleet.insert("w", 3, null)))).containsExactly(Outcome.APPLIED);
            var owners = Fleet.claim(db, "e", 2);
            assertThat(db.apply(List.of(Fleet.finish(owners.getFirst()), Fleet.cancel("w1", "w2")))).hasSize(2);
            assertThat(db.owned("e")).containsExactly(owners.getLast());
        }
    }

    @Test
    void withoutTablesAndWithoutTheRightToMakeThemAMigrationSaysSo() {
        var role = url.substring(url.lastIndexOf('/') + 1) + "_poor";
        PostgresServer.execute(url, "create role %s login password 'p'".formatted(role));
        try (var db = new PostgresProvider().open(as(role), Time.system())) {
            assertThatThrownBy(db::migrate).hasMessageContainingAll("migrate the database", "privilege");
        }
    }

    @Test
    void tablesOfANewerVersionAreRefused() {
        try (var db = open()) {
            db.migrate();
        }
        PostgresServer.execute(url, "insert into dbosj.schema_version values (1000, 0)");

        assertUnusable(this::open, "version 1000");
    }

    @Test
    void withoutTablesAReadSaysWhatIsMissing() {
        try (var db = open()) {
            assertThatThrownBy(() -> db.workflow("id")).hasMessageContaining("let a runtime migrate");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "default_transaction_isolation = 'repeatable read'; default_transaction_isolation = 'read committed'",
        "default_transaction_isolation = 'serializable'; default_transaction_isolation = 'read committed'",
        "synchronous_commit = off; synchronous_commit = on",
        "default_transaction_read_only = on; default_transaction_read_only = off"
    })
    void aSettingThatUnderminesAPromiseIsRefusedWithTheStatementThatPutsItRight(String setting, String right) {
        var database = url.substring(url.lastIndexOf('/') + 1);
        var role = database + "_role";
        PostgresServer.shared().execute("create role %s superuser login password 'p'".formatted(role));
        PostgresServer.shared().execute("alter database %s set %s".formatted(database, setting));
        ThrowingCallable open = () -> new PostgresProvider().open(as(role), Time.system()).close();
        var statement = "alter role %s set %s".formatted(role, right);

        assertUnusable(open, "run: " + statement);
        PostgresServer.shared().execute(statement);
        assertThat(catchThrowable(open)).isNull();
    }

    private String as(String role) {
        return url.replaceFirst("//[^@/]*@", "//" + role + ":p@");
    }

    private SystemDatabase open() {
        return new PostgresProvider().open(url, Time.system());
    }

    private static void assertUnusable(ThrowingCallable act, String saying) {
        assertThatThrownBy(act)
                .isInstanceOfSatisfying(
                        SystemDatabaseException.class, refused -> assertThat(refused.kind()).isEqualTo(Kind.UNUSABLE))
                .hasMessageContaining(saying);
    }
}
