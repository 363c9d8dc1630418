package dev.dbosj.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dbosj.exceptions.SystemDatabaseException;
import dev.dbosj.exceptions.SystemDatabaseException.Kind;
import dev.dbosj.store.SystemDatabase;
import dev.dbosj.store.SystemDatabaseProvider;
import dev.dbosj.time.Time;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqliteUrlTest {
    @TempDir
    Path folder;

    @Test
    void theProviderIsFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(SystemDatabaseProvider.class)).hasAtLeastOneElementOfType(SqliteProvider.class);
    }

    @Test
    void onlyUrlsOfSqliteAreAccepted() {
        var provider = new SqliteProvider();

        assertThat(provider.accepts("sqlite:a.db")).isTrue();
        assertThat(provider.accepts("jdbc:sqlite:a.db")).isTrue();
        assertThat(provider.accepts("memory:")).isFalse();
        assertThat(provider.accepts("jdbc:postgresql://localhost/a")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "plain.db", "with space.db", "50%41.db", "a#b&c.db", "smörgåsbord 漢字.db", "it's;--.db", "noending"})
    void theFileHasExactlyTheNameGiven(String name) {
        for (var scheme : new String[] {"sqlite:", "jdbc:sqlite:"}) {
            try (var db = open(scheme + folder.resolve(name))) {
                db.migrate();
                assertThat(folder.resolve(name)).isRegularFile().isNotEmptyFile();
            }
        }
    }

    @Test
    void aRelativePathBeginsAtTheWorkingDirectory() throws Exception {
        var relative = Path.of("target", "relative-" + System.nanoTime() + ".db");
        try (var db = open("sqlite:" + relative)) {
            db.migrate();
            assertThat(relative.toAbsolutePath()).isRegularFile();
        }
        try (var files = Files.list(Path.of("target"))) {
            var name = relative.getFileName().toString();
            for (var file : files.filter(it -> it.getFileName().toString().startsWith(name)).toList())
                Files.delete(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sqlite:", "sqlite: ", "sqlite::memory:", "jdbc:sqlite::memory:", "sqlite::resource:a.db",
        "sqlite:file:a.db", "jdbc:sqlite:a.db?cache=shared", "sqlite:."})
    void urlsThatNameNoFileAreRefused(String url) {
        assertUnusable(url, url);
    }

    @Test
    void aMissingFolderIsRefusedByName() {
        assertUnusable("sqlite:" + folder.resolve("missing/a.db"), folder.resolve("missing").toString());
        assertThat(folder.resolve("missing")).doesNotExist();
    }

    private static void assertUnusable(String url, String named) {
        assertThatThrownBy(() -> open(url))
                .isInstanceOfSatisfying(
                        SystemDatabaseException.class, refused -> assertThat(refused.kind()).isEqualTo(Kind.UNUSABLE))
                .hasMessageContaining(named);
    }

    private static SystemDatabase open(String url) {
        return new SqliteProvider().open(url, Time.system());
    }
}
