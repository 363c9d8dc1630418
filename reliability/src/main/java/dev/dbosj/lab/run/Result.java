package dev.dbosj.lab.run;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What came of some tests.
 *
 * @param lines what they printed, figures and all else
 * @param failures the name of each test that failed, and why
 * @param passed the names of the others
 */
record Result(List<String> lines, Duration took, Map<String, Throwable> failures, List<String> passed) {
    private static final String CANARY = "CANARY ";

    /** A name in capitals, and at least one figure. */
    private static final String FIGURES = "[A-Z][A-Z0-9-]+ .*\\d.*";

    List<String> figures() {
        return lines.stream().filter(line -> line.matches(FIGURES) && !line.startsWith(CANARY)).toList();
    }

    /** Which guards were removed, and what has noticed. */
    List<String> canaries() {
        return lines.stream().filter(line -> line.startsWith(CANARY)).map(line -> line.substring(CANARY.length()))
                .toList();
    }

    boolean isEmpty() {
        return passed.isEmpty() && failures.isEmpty();
    }

    /** Whether all tests passed and there is a figure to show for it. */
    boolean isGood() {
        return failures.isEmpty() && !figures().isEmpty();
    }

    String verdict() {
        if (!failures.isEmpty()) return "FAILED";
        return figures().isEmpty() ? "NO FIGURE" : "passed";
    }
}
