package dev.dbosj.examples.ingestion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What the ledger of one or more processes tells, line by line in the order in which it was written. */
final class LedgerAudit {
    /** One line. */
    record Line(Instant at, long processId, String act, int page, String location) {
        static Line of(String text) {
            var parts = text.split(" ", 5);
            var at = Instant.ofEpochMilli(Long.parseLong(parts[0]));
            return new Line(at, Long.parseLong(parts[1]), parts[2], Integer.parseInt(parts[3]), parts[4]);
        }

        boolean isPage() {
            return act.equals("page-indexed");
        }
    }

    private final List<Line> lines;

    private LedgerAudit(List<Line> lines) {
        this.lines = lines;
    }

    /** What is written so far; a line that is just being written is left out. */
    static LedgerAudit of(Path file) throws IOException {
        if (!Files.exists(file)) return new LedgerAudit(List.of());
        var text = Files.readString(file);
        try (Stream<String> whole = text.substring(0, text.lastIndexOf('\n') + 1).lines()) {
            return new LedgerAudit(whole.map(Line::of).toList());
        }
    }

    /** Documents with at least one indexed page: their parse was recorded before. */
    Set<String> indexedDocuments() {
        var documents = new HashSet<String>();
        for (var line : lines) if (line.isPage()) documents.add(line.location());
        return documents;
    }

    int distinctPages() {
        var pages = lines.stream().filter(Line::isPage).map(line -> line.location() + "#" + line.page());
        return (int) pages.distinct().count();
    }

    /** Documents with at least one page indexed by that process. */
    Set<String> indexedBy(long processId) {
        var documents = new HashSet<String>();
        for (var line : lines) if (line.isPage() && line.processId() == processId) documents.add(line.location());
        return documents;
    }

    /** Documents that a process has begun, and of which it has not indexed a page. */
    Set<String> begunOnlyBy(long processId) {
        var begun = new HashSet<String>();
        for (var line : lines) if (line.processId() == processId) begun.add(line.location());
        begun.removeAll(indexedBy(processId));
        return begun;
    }

    /** For each document that a process had begun and not indexed, how long after its end another one was at it. */
    Map<String, Duration> pausesAfter(long processId, Instant end) {
        var begun = begunOnlyBy(processId);
        var pauses = new HashMap<String, Duration>();
        for (var line : lines)
            if (line.processId() != processId && begun.contains(line.location()))
                pauses.putIfAbsent(line.location(), Duration.between(end, line.at()));
        return pauses;
    }

    /** Documents whose parse began again after their parse had been recorded. */
    List<String> parsedAgain() {
        var recorded = new HashSet<String>();
        var again = new ArrayList<String>();
        for (var line : lines) {
            if (line.isPage()) recorded.add(line.location());
            else if (line.act().equals("parse-begun") && recorded.contains(line.location())) again.add(line.location());
        }
        return again;
    }

    /** When a process indexed the first page of a document that nobody had indexed before it. */
    Optional<Instant> firstNewDocument(long processId) {
        var before = new HashSet<String>();
        for (var line : lines) {
            if (!line.isPage()) continue;
            if (line.processId() == processId && !before.contains(line.location())) return Optional.of(line.at());
            before.add(line.location());
        }
        return Optional.empty();
    }
}
