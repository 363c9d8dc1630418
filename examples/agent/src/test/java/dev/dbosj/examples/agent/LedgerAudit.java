package dev.dbosj.examples.agent;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the ledger of one or more processes tells. A step is named by its key, {@code <workflow id>:<step number>}. */
final class LedgerAudit {
    private record Line(long processId, String act, String stepKey, String what) {
        static Line of(String text) {
            var parts = text.split(" ", 5);
            return new Line(Long.parseLong(parts[1]), parts[2], parts[3], parts[4]);
        }

        boolean isBegin() {
            return act.equals("begun");
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

    /** The steps that have ended, whichever process that was in. */
    Set<String> ended() {
        return lines.stream().filter(line -> !line.isBegin()).map(Line::stepKey).collect(Collectors.toSet());
    }

    /** The steps that a process has begun. */
    Set<String> begunBy(long processId) {
        return lines.stream()
                .filter(line -> line.isBegin() && line.processId() == processId)
                .map(Line::stepKey)
                .collect(Collectors.toSet());
    }

    /** The steps that were begun more than once. */
    Set<String> begunAgain() {
        Map<String, Long> times = lines.stream().filter(Line::isBegin).collect(groupingBy(Line::stepKey, counting()));
        var again = new HashSet<String>();
        times.forEach((step, count) -> {
            if (count > 1) again.add(step);
        });
        return again;
    }

    int lines() {
        return lines.size();
    }
}
