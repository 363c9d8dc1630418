package dev.dbosj.cli;

import dev.dbosj.workflow.WorkflowFilter;
import picocli.CommandLine.Option;

/** Which of them are shown, and in which order. */
final class Page {
    @Option(
            names = {"-l", "--limit"},
            paramLabel = "N",
            defaultValue = "10",
            description = "at most so many, 1 to 100000; default ${DEFAULT-VALUE}")
    private int limit;

    @Option(names = "--after", paramLabel = "ID", description = "begin behind this one, the last of the page before")
    private String after;

    @Option(
            names = "--offset",
            paramLabel = "N",
            defaultValue = "0",
            description = "pass over so many first; default ${DEFAULT-VALUE}. --after is quicker")
    private int offset;

    @Option(
            names = {"-d", "--sort-desc"},
            description = "newest first; this is the default")
    private boolean newestFirst;

    @Option(names = "--oldest-first", description = "in the order of acceptance")
    private boolean oldestFirst;

    /** @throws WrongUsage if that is impossible */
    WorkflowFilter of(WorkflowFilter filter) {
        if (newestFirst && oldestFirst) throw new WrongUsage("--sort-desc and --oldest-first exclude each other");
        return WrongUsage.unlessPossible(() -> filter.limit(limit).offset(offset).after(after).newestFirst(!oldestFirst));
    }
}
