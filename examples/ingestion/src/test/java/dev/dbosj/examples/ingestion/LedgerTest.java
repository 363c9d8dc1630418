package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    @TempDir
    private Path folder;

    @Test
    void whoeverAppendsKeepsWhatIsThere() throws IOException {
        var file = folder.resolve("ledger");
        try (var one = Ledger.appendTo(file); var other = Ledger.appendTo(file)) {
            one.parseBegun("a b.txt");
            other.parseBegun("c.txt");
            one.parseEnded("a b.txt");
            one.pageIndexed("a b.txt", 7);
        }

        var process = ProcessHandle.current().pid();
        assertThat(Files.readAllLines(file)).extracting(line -> line.replaceFirst("^\\d{13} ", "")).containsExactly(
                process + " parse-begun 0 a b.txt",
                process + " parse-begun 0 c.txt",
                process + " parse-ended 0 a b.txt",
                process + " page-indexed 7 a b.txt");
    }
}
