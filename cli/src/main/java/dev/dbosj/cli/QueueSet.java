package dev.dbosj.cli;

import dev.dbosj.workflow.QueueBound;
import dev.dbosj.workflow.QueueLimits;
import dev.dbosj.workflow.RateLimit;
import dev.dbosj.workflow.RetryPolicy;
import dev.dbosj.workflow.WorkflowQueue;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes the definition of a queue. */
@Command(
        name = "set",
        description = "Changes the limits of a queue, and what becomes of its workflows that throw; what is not named"
                + " stays. All executors follow within a second. An application that is launched later and registers the"
                + " queue sets its own again.")
final class QueueSet implements Callable<Integer> {
    static final String NONE = "none";

    private final Console console;
    private final Database database;

    @Parameters(paramLabel = "QUEUE", description = "the queue's name")
    private String name;

    @Option(names = "--create", description = "register it if it does not exist")
    private boolean create;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "how many run at once on all executors; none for no limit")
    private String concurrency;

    @Option(names = "--worker-concurrency", paramLabel = "N", description = "how many run at once on one executor")
    private String workerConcurrency;

    @Option(
            names = "--rate",
            paramLabel = "N/TIME",
            description = "how many start in any such time: 100/1m; none for no limit")
    private String rate;

    @Option(names = "--partition-concurrency", paramLabel = "N", description = "as --concurrency, of each partition key")
    private String partitionConcurrency;

    @Option(
            names = "--partition-worker-concurrency",
            paramLabel = "N",
            description = "as --worker-concurrency, of each partition key")
    private String partitionWorkerConcurrency;

    @Option(names = "--partition-rate", paramLabel = "N/TIME", description = "as --rate, of each partition key")
    private String partitionRate;

    @Option(
            names = "--priority-aging",
            paramLabel = "TIME",
            description = "by how much longer each step of its priority number lets a workflow wait; none for ever")
    private String aging;

    @Option(
            names = "--max-depth",
            paramLabel = "N",
            description = "how many may wait; one more is refused, unless --block says otherwise. none for any number")
    private String maxDepth;

    @Option(
            names = "--block",
            paramLabel = "TIME",
            description = "how long who enqueues one more waits for room before being refused; none to refuse at once")
    private String block;

    @Option(
            names = "--attempt-timeout",
            paramLabel = "TIME",
            description = "how long an attempt may take with all that it waits for; none for as long as it takes")
    private String attemptTimeout;

    @Mixin
    private RetryChange retries;

    QueueSet(Console console, Database database) {
        this.console = console;
        this.database = database;
    }

    @Override
    public Integer call() {
        WrongUsage.unlessPossible(
                () -> changed(WorkflowQueue.named(name).maxDepth(1).retries(RetryPolicy.attempts(1))));
        try (var client = database.connect()) {
            var existing = client.listQueues().stream().filter(queue -> queue.name().equals(name)).findFirst();
            if (existing.isEmpty() && !create) {
                console.complain("dbos-cli: there is no queue '%s'; --create registers it".formatted(name));
                return ExitCode.NOT_FOUND;
            }
            var before = existing.orElseGet(() -> WorkflowQueue.named(name));
            var changed = WrongUsage.unlessPossible(() -> changed(before));
            if (existing.isPresent() && existing.get().equals(changed)) {
                console.print(Text.printable(name + ": as it was"));
                return ExitCode.OK;
            }
            client.registerQueue(changed);
            console.print(Text.printable(name + ": set"));
            return ExitCode.OK;
        }
    }

    private WorkflowQueue changed(WorkflowQueue queue) {
        return queue.limits(limits(queue.limits(), concurrency, workerConcurrency, rate))
                .partitionLimits(limits(
                        queue.partitionLimits(), partitionConcurrency, partitionWorkerConcurrency, partitionRate))
                .priorityAging(aging == null ? queue.priorityAging() : span(aging))
                .bound(bound(queue.bound()))
                .retries(retries.of(queue.retries()))
                .attemptTimeout(attemptTimeout == null ? queue.attemptTimeout() : span(attemptTimeout));
    }

    private QueueBound bound(QueueBound before) {
        var depth = maxDepth != null ? number(maxDepth) : before == null ? null : Integer.valueOf(before.maxDepth());
        if (depth == null) {
            if (block == null || block.equals(NONE)) return null;
            throw new WrongUsage("a queue without a limit has always room: --max-depth says how many may wait");
        }
        var pause = block != null ? span(block) : before == null ? null : before.block();
        return pause == null ? QueueBound.reject(depth) : QueueBound.block(depth, pause);
    }

    private static QueueLimits limits(QueueLimits before, String concurrency, String workerConcurrency, String rate) {
        return new QueueLimits(
                concurrency == null ? before.concurrency() : number(concurrency),
                workerConcurrency == null ? before.workerConcurrency() : number(workerConcurrency),
                rate == null ? before.rate() : rate(rate));
    }

    /** @return null for none */
    static Integer number(String text) {
        if (text.equals(NONE)) return null;
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException wrong) {
            throw new WrongUsage("'%s' is no number; write one, or none".formatted(text));
        }
    }

    private static RateLimit rate(String text) {
        if (text.equals(NONE)) return null;
        var parts = text.split("/", 2);
        if (parts.length < 2 || parts[0].equals(NONE)) throw new WrongUsage("'%s' is no rate; write 100/1m, or none".formatted(text));
        var period = parts[1].matches("[a-z].*") ? "1" + parts[1] : parts[1];
        return new RateLimit(number(parts[0]), Times.duration(period));
    }

    private static Duration span(String text) {
        return text.equals(NONE) ? null : Times.duration(text);
    }
}
