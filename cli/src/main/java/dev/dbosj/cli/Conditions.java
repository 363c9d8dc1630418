package dev.dbosj.cli;

import dev.dbosj.workflow.WorkflowFilter;
import dev.dbosj.workflow.WorkflowState;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Option;

/** Which workflows are meant: all that meet every condition. */
final class Conditions {
    @Option(
            names = {"-S", "--status"},
            paramLabel = "STATUS",
            split = ",",
            description = "only these: ${COMPLETION-CANDIDATES}; may be repeated")
    private List<WorkflowState> states = List.of();

    @Option(
            names = {"-n", "--name"},
            paramLabel = "NAME",
            description = "only workflows of this name; may be repeated")
    private List<String> names = List.of();

    @Option(
            names = {"-q", "--queue"},
            paramLabel = "QUEUE",
            description = "only those of this queue; may be repeated")
    private List<String> queues = List.of();

    @Option(names = "--partition", paramLabel = "KEY", description = "only those with this partition key")
    private String partition;

    @Option(
            names = {"-p", "--parent"},
            paramLabel = "ID",
            description = "only those that this workflow started")
    private String parent;

    @Option(names = "--executor", paramLabel = "ID", description = "only those that this executor owns now")
    private String executor;

    @Option(names = "--prefix", paramLabel = "PREFIX", description = "only those whose id begins so")
    private String prefix;

    @Option(
            names = {"-t", "--since", "--start-time"},
            paramLabel = "TIME",
            description = "only those accepted then or later: 2h (ago), 2026-05-01, 10:30, 2026-05-01T10:30Z")
    private String since;

    @Option(
            names = {"-e", "--until", "--end-time"},
            paramLabel = "TIME",
            description = "only those accepted before")
    private String until;

    @Option(names = "--ended-since", paramLabel = "TIME", description = "only those that ended then or later")
    private String endedSince;

    @Option(names = "--ended-until", paramLabel = "TIME", description = "only those that ended before")
    private String endedUntil;

    /** Whether there is any. */
    boolean any(Times times) {
        return !WorkflowFilter.all().equals(filter(times));
    }

    /** @throws WrongUsage if one of them is impossible */
    WorkflowFilter filter(Times times) {
        return WrongUsage.unlessPossible(() -> WorkflowFilter.all()
                .states(states).names(names).queueNames(queues).partitionKey(partition)
                .parentId(parent).executorId(executor).idPrefix(prefix)
                .createdFrom(point(since, times)).createdUntil(point(until, times))
                .completedFrom(point(endedSince, times)).completedUntil(point(endedUntil, times)));
    }

    private static Instant point(String text, Times times) {
        return text == null ? null : times.point(text);
    }
}
