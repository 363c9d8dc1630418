package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dbosj.DBOSClient;
import dev.dbosj.DBOSConfig;
import dev.dbosj.postgres.PostgresServer;
import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Three processes on one PostgreSQL database; the one that has started the run is killed. */
@EnabledIfEnvironmentVariable(named = "CI", matches = "true")
class FleetIngestionIT {
    private static final String DOCUMENTS = System.getProperty("ingestion.documents");
    private static final Duration TAKEOVER = Duration.ofMillis(Integer.getInteger("ingestion.takeoverMillis"));
    private static final int LEASE_SECONDS = 2;
    private static final int MOST_FLEETS = 5;
    private static final int LOOK_MILLIS = 50;

    @TempDir
    private Path folder;

    /** Three processes with a database, an index and a ledger of their own. */
    private final class Fleet implements AutoCloseable {
        final Path home;
        final String databaseUrl = PostgresServer.freshDatabase();
        final IngestionProcess first;
        final IngestionProcess second;
        final IngestionProcess third;

        Fleet(String name) throws Exception {
            home = Files.createDirectory(folder.resolve(name));
            first = start();
            assertThat(awaitDocument(first)).as("it did anything: %s", first.output()).isTrue();
            second = start();
            third = start();
        }

        private IngestionProcess start() throws IOException {
            return IngestionProcess.start(
                    home, "--db", databaseUrl, "--lease", String.valueOf(LEASE_SECONDS), "--limit", DOCUMENTS,
                    "--ledger", home.resolve("ledger").toString());
        }

        LedgerAudit audit() throws IOException {
            return LedgerAudit.of(home.resolve("ledger"));
        }

        /** @return false if it has ended and indexed none */
        boolean awaitDocument(IngestionProcess process) throws Exception {
            while (audit().indexedBy(process.pid()).isEmpty()) {
                if (!process.isAlive()) return false;
                Thread.sleep(LOOK_MILLIS);
            }
            return true;
        }

        /**
         * Kills it while its ledger says that it has begun more documents than those that nobody can read.
         *
         * @return when; null if it was done before
         */
        Instant killInTheMiddleOfADocument(IngestionProcess process, int unreadable) throws Exception {
            while (true) {
                process.suspend();
                if (audit().begunOnlyBy(process.pid()).size() > unreadable) break;
                process.resume();
                if (!process.isAlive()) return null;
                Thread.sleep(5);
            }
            process.kill();
            return Instant.now();
        }

        /** The documents that were claimed more than once, by their location as it is stored. */
        Set<String> takenOver() {
            try (var client = DBOSClient.connect(DBOSConfig.named("audit").databaseUrl(databaseUrl))) {
                var documents = WorkflowFilter.all().name("indexDocument").limit(DocumentFinder.MAX_DOCUMENTS);
                return client.listWorkflows(documents).stream()
                        .filter(document -> document.epoch() > 1)
                        .map(WorkflowStatus::input)
                        .collect(Collectors.toSet());
            }
        }

        int searchablePages() throws IOException {
            try (var search = PageSearch.open(home.resolve("index"))) {
                return search.pages();
            }
        }

        @Override
        public void close() throws InterruptedException {
            for (var process : List.of(first, second, third)) process.close();
        }
    }

    @Test
    void theDocumentsOfAKilledProcessAreTakenOver() throws Exception {
        var undisturbed = undisturbed();
        // On a quick machine it may be done before the others are up, or a look has met it in the middle of a document.
        for (int attempt = 1; !isTakenOver("killed " + attempt, undisturbed); attempt++)
            assertThat(attempt).as("fleets that were done before one could be killed").isLessThan(MOST_FLEETS);
    }

    /** @return false if it was done before it could be killed */
    private boolean isTakenOver(String name, IngestionProcess.Result undisturbed) throws Exception {
        try (var fleet = new Fleet(name)) {
            if (!fleet.awaitDocument(fleet.second) || !fleet.awaitDocument(fleet.third)) return false;
            var killedAt = fleet.killInTheMiddleOfADocument(fleet.first, undisturbed.failed());
            if (killedAt == null) return false;
            var results = List.of(fleet.second.awaitResult(), fleet.third.awaitResult());

            assertThat(results).allSatisfy(result -> {
                assertThat(result.documents()).isEqualTo(undisturbed.documents());
                assertThat(result.pages()).isEqualTo(undisturbed.pages());
                assertThat(result.failed()).isEqualTo(undisturbed.failed());
                assertThat(result.here()).isPositive();
            });
            int here = results.stream().mapToInt(IngestionProcess.Result::here).sum();
            var finishedByKilled = fleet.audit().indexedBy(fleet.first.pid());
            var takenOver = fleet.takenOver();
            finishedByKilled.removeIf(
                    location -> takenOver.stream().anyMatch(input -> input.contains('"' + location + '"')));
            assertThat(here + finishedByKilled.size()).isEqualTo(undisturbed.documents());

            var pauses = fleet.audit().pausesAfter(fleet.first.pid(), killedAt);
            assertThat(pauses).as("documents that the killed process was at").isNotEmpty();
            var longest = Collections.max(pauses.values());
            System.out.printf(
                    "FLEET ingestion: documents=%d, here=%d and %d, %d by the killed process, %d of its documents taken"
                            + " over, the last %d ms after its death (lease %d ms)%n",
                    undisturbed.documents(), results.getFirst().here(), results.getLast().here(),
                    finishedByKilled.size(), pauses.size(), longest.toMillis(), LEASE_SECONDS * 1000);
            assertThat(longest).isLessThan(TAKEOVER);
            assertThat(fleet.audit().parsedAgain()).isEmpty();
            assertThat(fleet.audit().distinctPages()).isEqualTo(undisturbed.pages());
            // A page that was on disk when its process died is in the index of its heir too; a search shows it once.
            assertThat(fleet.searchablePages()).isGreaterThanOrEqualTo(undisturbed.pages());
            return true;
        }
    }

    /** The same three in peace. */
    private IngestionProcess.Result undisturbed() throws Exception {
        try (var fleet = new Fleet("undisturbed")) {
            var results = List.of(fleet.first.awaitResult(), fleet.second.awaitResult(), fleet.third.awaitResult());
            var first = results.getFirst();
            assertThat(results).allSatisfy(result -> {
                assertThat(result.documents()).isEqualTo(first.documents());
                assertThat(result.pages()).isEqualTo(first.pages());
                assertThat(result.failed()).isEqualTo(first.failed());
            });
            assertThat(results.stream().mapToInt(IngestionProcess.Result::here).sum()).isEqualTo(first.documents());
            assertThat(fleet.takenOver()).isEmpty();
            assertThat(fleet.searchablePages()).isEqualTo(first.pages());
            return first;
        }
    }
}
