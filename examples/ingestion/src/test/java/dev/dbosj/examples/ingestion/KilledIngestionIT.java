package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes on real documents, killed by how far they have come. With the Maven profile {@code full-corpus} the
 * first test runs on all documents, and with a bound on the time to the first new one that needs an idle machine.
 */
class KilledIngestionIT {
    private static final int FEW = 200;
    private static final Duration FIRST_NEW_DOCUMENT =
            Duration.ofMillis(Integer.getInteger("ingestion.firstDocumentMillis"));
    private static final int LOOK_MILLIS = 50;

    @TempDir
    private Path home;

    private Path ledger;

    @BeforeEach
    void nameTheLedger() {
        ledger = home.resolve("ledger");
    }

    @Test
    void killedAtEveryStageAndStartedAgainItComesToTheSameEnd() throws Exception {
        int limit = Integer.getInteger("ingestion.documents");
        var undisturbed = undisturbed(limit);

        for (int percent : new int[] {20, 50, 80}) {
            try (var process = start(limit)) {
                awaitDocuments(undisturbed.documents() * percent / 100, process);
                process.kill();
                assertFirstNewDocumentWasSoon(process);
            }
        }
        int finishedBefore = audit().indexedDocuments().size();
        try (var process = start(limit)) {
            var last = process.awaitResult();

            assertFirstNewDocumentWasSoon(process);
            assertThat(last.documents()).isEqualTo(undisturbed.documents());
            assertThat(last.pages()).isEqualTo(undisturbed.pages());
            assertThat(last.failed()).isEqualTo(undisturbed.failed());
            assertThat(last.resumed() + last.here()).isEqualTo(last.documents());
            assertThat(last.resumed()).isBetween(undisturbed.documents() * 70 / 100, finishedBefore);
            assertThat(audit().parsedAgain()).isEmpty();
            assertThat(audit().distinctPages()).isEqualTo(last.pages());
            assertThat(searchablePages()).isEqualTo(last.pages());
        }
    }

    @Test
    void twoProcessesShareTheWorkAndOneFinishesItWhenTheOtherIsKilled() throws Exception {
        try (var one = start(FEW); var other = start(FEW)) {
            awaitDocuments(FEW / 4, one);
            one.kill();
            var result = other.awaitResult();

            assertThat(result.documents()).isEqualTo(FEW);
            assertThat(result.here()).isPositive();
            assertThat(audit().parsedAgain()).isEmpty();
            assertThat(audit().distinctPages()).isEqualTo(result.pages());
        }
    }

    @Test
    void stoppedItSaysHowToGoOnAndForgetsOnlyWhatNobodyUses() throws Exception {
        try (var running = start(FEW)) {
            awaitDocuments(FEW / 10, running);
            try (var fresh = start(FEW, "--fresh")) {
                assertThat(fresh.awaitExit()).isEqualTo(Main.FAILURE);
                assertThat(fresh.output()).contains("another process uses");
            }
            running.interrupt();
            running.awaitExit();
            assertThat(running.output()).contains("the same command goes on from here").doesNotContain("Exception");
        }
        try (var again = start(FEW)) {
            var result = again.awaitResult();
            assertThat(result.documents()).isEqualTo(FEW);
            assertThat(result.resumed()).isPositive();
        }
        try (var fresh = start(FEW, "--fresh")) {
            assertThat(fresh.awaitResult().here()).isEqualTo(FEW);
        }
        assertThat(audit().indexedDocuments()).hasSize(FEW);
    }

    private IngestionProcess.Result undisturbed(int limit) throws Exception {
        var elsewhere = Files.createDirectory(home.resolve("undisturbed"));
        try (var process = IngestionProcess.start(elsewhere, "--limit", String.valueOf(limit))) {
            return process.awaitResult();
        }
    }

    private IngestionProcess start(int limit, String... more) throws IOException {
        var arguments = new ArrayList<String>(List.of("--limit", String.valueOf(limit), "--ledger", ledger.toString()));
        arguments.addAll(List.of(more));
        return IngestionProcess.start(home, arguments.toArray(String[]::new));
    }

    private LedgerAudit audit() throws IOException {
        return LedgerAudit.of(ledger);
    }

    private void awaitDocuments(int count, IngestionProcess process) throws Exception {
        while (audit().indexedDocuments().size() < count) {
            assertThat(process.isAlive()).as("ended before %d documents: %s", count, process.output()).isTrue();
            Thread.sleep(LOOK_MILLIS);
        }
    }

    private void assertFirstNewDocumentWasSoon(IngestionProcess process) throws IOException {
        var first = audit().firstNewDocument(process.pid()).orElseThrow();
        var took = Duration.between(process.startedAt(), first);
        System.out.println("first new document after " + took.toMillis() + " ms");
        assertThat(took).isLessThan(FIRST_NEW_DOCUMENT);
    }

    private int searchablePages() throws IOException {
        try (var search = PageSearch.open(home.resolve("index"))) {
            return search.pages();
        }
    }
}
