package dev.dbosj.cli;

import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which workflows are listed. */
final class Filters {
    @Option(
            names = {"-S", "--status"},
            paramLabel = "STATUS",
            split = ",",
            description = "only these: ${COMPLETION-CANDIDATES}; may be repeated")
    private List<WorkflowState> states = List.of();

    @Option(
            names = {"-n", "--name"},
            paramLabel = "NAME",
            description = "only workflows of this name")
    private String name;

    @Option(
            names = {"-q", "--queue"},
            paramLabel = "QUEUE",
            description = "only those of this queue")
    private String queue;

    @Option(
            names = {"-p", "--parent"},
            paramLabel = "ID",
            description = "only those that this workflow started")
    private String parent;

    @Option(names = "--prefix", paramLabel = "PREFIX", description = "only those whose id begins so")
    private String prefix;

    @Option(
            names = {"-l", "--limit"},
            paramLabel = "N",
            defaultValue = "10",
            description = "at most so many, 1 to 100000; default ${DEFAULT-VALUE}")
    private int limit;

    @Option(
            names = "--offset",
            paramLabel = "N",
            defaultValue = "0",
            description = "pass over so many first; default ${DEFAULT-VALUE}")
    private int offset;

    @Option(
            names = {"-d", "--sort-desc"},
            description = "newest first; this is the default")
    private boolean newestFirst;

    @Option(names = "--oldest-first", description = "in the order of acceptance")
    private boolean oldestFirst;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    WorkflowFilter filter() {
        if (newestFirst && oldestFirst) throw refusal("--sort-desc and --oldest-first exclude each other");
        try {
            return new WorkflowFilter(states, name, queue, parent, prefix, !oldestFirst, limit, offset, true);
        } catch (IllegalArgumentException impossible) {
            throw refusal(impossible.getMessage());
        }
    }

    private ParameterException refusal(String reason) {
        return new ParameterException(command.commandLine(), reason);
    }
}
