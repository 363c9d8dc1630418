package dev.dbosj.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final long PROCESS = ProcessHandle.current().pid();

    @TempDir
    private Path folder;

    @Test
    void whoeverAppendsKeepsWhatIsThere() throws IOException {
        var file = folder.resolve("ledger");
        try (var one = Ledger.appendTo(file); var other = Ledger.appendTo(file)) {
            one.begun("run-1:0", "read {\n}");
            other.begun("run-2:0", "model");
            one.ended("run-1:0", "read {\n}");
        }

        assertThat(Files.readAllLines(file)).extracting(line -> line.replaceFirst("^\\d{13} ", "")).containsExactly(
                PROCESS + " begun run-1:0 read { }",
                PROCESS + " begun run-2:0 model",
                PROCESS + " ended run-1:0 read { }");
    }

    @Test
    void anAuditSeesWhatIsDoneAgainByWhomAndNotHalfALine() throws IOException {
        var file = Files.writeString(folder.resolve("ledger"), """
                1 10 begun a:0 read
                2 10 begun b:0 read
                3 10 ended a:0 read
                4 11 begun a:0 read
                5 11 ended b:0 rea""");

        var audit = LedgerAudit.of(file);

        assertThat(audit.ended()).containsExactly("a:0");
        assertThat(audit.begunBy(10)).containsExactlyInAnyOrder("a:0", "b:0");
        assertThat(audit.begunAgain()).containsExactly("a:0");
        assertThat(LedgerAudit.of(folder.resolve("none")).ended()).isEmpty();
    }
}
