package dev.dbosj.cli;

import dev.dbosj.DBOSClient;
import dev.dbosj.exceptions.QueueNotRegisteredException;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What can be asked of queues, and done to them. */
@Command(
        name = "queue",
        addMethodSubcommands = false,
        description = "Shows queues, holds them up and changes their definitions.")
final class QueueCommands {
    private static final String QUEUE = "QUEUE";
    private static final String QUEUE_HELP = "the queue's name";

    private final Console console;
    private final Database database;

    QueueCommands(Console console, Database database) {
        this.console = console;
        this.database = database;
    }

    @Command(name = "list", description = "Lists queues by name with what they hold and their limits.")
    int list(@Mixin Output output, @Mixin Watch watch) {
        try (var client = database.connect()) {
            return watch.show(console, () ->
                    output.lines(QueueViews.queues(console.paint()), queues(client), console.terminal()));
        }
    }

    private static List<QueueViews.Queue> queues(DBOSClient client) {
        return QueueViews.all(client.listQueues(), client.queueStats());
    }

    @Command(name = "show", aliases = "get", description = "Shows one queue with all its limits.")
    int show(
            @Parameters(paramLabel = QUEUE, description = QUEUE_HELP) String name,
            @Mixin Output output,
            @Mixin Watch watch) {
        try (var client = database.connect()) {
            return watch.show(console, () -> {
                var queue = find(client, name);
                var details = QueueViews.details(queue, console.paint());
                return output.linesOfOne(QueueViews.queues(console.paint()), queue, details, console.terminal());
            });
        }
    }

    private static QueueViews.Queue find(DBOSClient client, String name) {
        return queues(client).stream()
                .filter(queue -> queue.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new QueueNotRegisteredException(
                        "there is no queue '%s'; 'dbos-cli queue list' shows all".formatted(name)));
    }

    @Command(name = "pause", description = "Lets nothing of a queue start any more. What runs goes on; new workflows wait.")
    void pause(@Parameters(paramLabel = QUEUE, description = QUEUE_HELP) String name) {
        try (var client = database.connect()) {
            find(client, name);
            client.pauseQueue(name);
            var stats = find(client, name).stats();
            console.print(Text.printable("%s: paused; %d wait, %d still run".formatted(
                    name, stats.enqueued() + stats.delayed(), stats.running())));
        }
    }

    @Command(name = "resume", description = "Ends a pause or a drain.")
    void resume(@Parameters(paramLabel = QUEUE, description = QUEUE_HELP) String name) {
        try (var client = database.connect()) {
            find(client, name);
            client.resumeQueue(name);
            console.print(Text.printable("%s: active".formatted(name)));
        }
    }

    @Command(
            name = "drain",
            description = "Lets a queue take nothing more from outside, and waits until what it holds has ended. It stays"
                    + " so until 'queue resume'.")
    int drain(
            @Parameters(paramLabel = QUEUE, description = QUEUE_HELP) String name,
            @Option(
                            names = "--timeout",
                            paramLabel = "TIME",
                            defaultValue = "0s",
                            description = "how long to wait; default ${DEFAULT-VALUE}. It fails if it is not empty by then.")
                    Duration timeout) {
        try (var client = database.connect()) {
            find(client, name);
            boolean empty = client.drainQueue(name, timeout);
            var stats = find(client, name).stats();
            console.print(Text.printable(empty
                    ? "%s: empty".formatted(name)
                    : "%s: draining; %d wait, %d run".formatted(
                            name, stats.enqueued() + stats.delayed(), stats.running())));
            return empty || timeout.isZero() ? ExitCode.OK : ExitCode.FAILURE;
        }
    }
}
