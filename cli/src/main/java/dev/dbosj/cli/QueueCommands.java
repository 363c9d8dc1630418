package dev.dbosj.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What can be asked of queues. */
@Command(name = "queue", description = "Shows queues.")
final class QueueCommands {
    private final Terminal terminal;
    private final Database database;

    QueueCommands(Terminal terminal, Database database) {
        this.terminal = terminal;
        this.database = database;
    }

    @Command(name = "list", description = "Lists the registered queues by name.")
    void list(@Mixin Output output) {
        try (var client = database.connect()) {
            output.show(View.queues(), client.listQueues(), terminal);
        }
    }
}
