package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFilesTest {
    @TempDir
    private Path folder;

    @Test
    void forgettingDeletesTheDatabaseAndTheIndexAndNothingElse() throws IOException {
        RunFiles.use(url()).close();
        write("my.db", "my.db-wal", "my.db-executors", "my.dbx", "other.db", "index/0/segments_1", "index/notes/mine.txt");

        RunFiles.delete(url(), folder.resolve("index"));

        assertThat(List.of("my.db", "my.db-wal", "my.db-executors", "index/0")).noneMatch(this::exists);
        assertThat(List.of("my.dbx", "other.db", "index/notes/mine.txt")).allMatch(this::exists);
    }

    @Test
    void whatIsNotThereNeedNotBeForgotten() throws IOException {
        RunFiles.delete(url(), folder.resolve("index"));

        assertThat(exists("my.db")).isFalse();
    }

    @Test
    void aDatabaseThatSomebodyElseMadeIsNotDeleted() throws IOException {
        write("my.db");

        assertThatExceptionOfType(RunFiles.Refused.class)
                .isThrownBy(() -> RunFiles.delete(url(), folder.resolve("index")))
                .withMessageContaining("was not made by this program");
        assertThat(exists("my.db")).isTrue();
    }

    @Test
    void aDatabaseThatIsNoFileIsNotDeleted() {
        assertThatExceptionOfType(RunFiles.Refused.class)
                .isThrownBy(() -> RunFiles.delete("postgresql://localhost/orders", folder.resolve("index")))
                .withMessageContaining("only sqlite: databases are");
    }

    @Test
    void anIndexThatIsBeingWrittenIsNotDeleted() throws Exception {
        var index = folder.resolve("index");
        try (var writer = PageIndex.open(index, broken -> {})) {
            writer.index("a", new ParsedDocument("Title", List.of(new Page(1, "apple"))));

            assertThatExceptionOfType(RunFiles.Refused.class)
                    .isThrownBy(() -> RunFiles.delete(url(), index))
                    .withMessageContaining("another process writes to");
        }
        try (var search = PageSearch.open(index)) {
            assertThat(search.pages()).isEqualTo(1);
        }
    }

    private String url() {
        return "sqlite:" + folder.resolve("my.db");
    }

    private void write(String... names) throws IOException {
        for (var name : names) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), "x");
        }
    }

    private boolean exists(String name) {
        return Files.exists(folder.resolve(name));
    }
}
