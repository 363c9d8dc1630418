package dev.dbosj.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that was looked at.
 *
 * @param check what was looked at, in one word or two
 * @param finding what was found
 * @param advice what to do about it; null for nothing
 */
record Finding(String check, Grade grade, String finding, String advice) {
    enum Grade {
        OK,
        WARNING,
        FAILED
    }

    static Finding ok(String check, String finding) {
        return new Finding(check, Grade.OK, finding, null);
    }

    static Finding warning(String check, String finding, String advice) {
        return new Finding(check, Grade.WARNING, finding, advice);
    }

    static Finding failed(String check, String finding, String advice) {
        return new Finding(check, Grade.FAILED, finding, advice);
    }

    private static final Fields<Finding> FIELDS = new Fields<Finding>()
            .text("check", Finding::check)
            .text("grade", finding -> finding.grade().name())
            .text("finding", Finding::finding)
            .text("advice", Finding::advice);

    /** As a table. */
    static View<Finding> view(Paint paint) {
        return new View<>(
                List.of(
                        Column.<Finding>whole("GRADE", finding -> finding.grade().name())
                                .painted((finding, text) -> painted(finding, text, paint)),
                        Column.whole("CHECK", Finding::check),
                        Column.cut("FINDING", Finding::finding)),
                FIELDS,
                Finding::check);
    }

    /** Whole sentences, each with its advice below. */
    static List<String> lines(List<Finding> findings, Paint paint, int width) {
        var lines = new ArrayList<String>();
        for (var finding : findings) {
            var grade = "%-9s".formatted(finding.grade());
            var text = Text.wrapped(finding.check() + ": " + finding.finding(), width - grade.length());
            lines.add(painted(finding, grade, paint) + text.getFirst());
            text.stream().skip(1).forEach(line -> lines.add(" ".repeat(grade.length()) + line));
            if (finding.advice() == null) continue;
            for (var line : Text.wrapped(finding.advice(), width - grade.length() - 2))
                lines.add(" ".repeat(grade.length() + 2) + line);
        }
        return lines;
    }

    private static String painted(Finding finding, String text, Paint paint) {
        return switch (finding.grade()) {
            case OK -> paint.good(text);
            case WARNING -> paint.warning(true, text);
            case FAILED -> paint.failure(text);
        };
    }

    /** @return the exit code: whether anything has failed */
    static int verdict(List<Finding> findings) {
        boolean failed = findings.stream().anyMatch(finding -> finding.grade() == Grade.FAILED);
        return failed ? ExitCode.FAILURE : ExitCode.OK;
    }
}
