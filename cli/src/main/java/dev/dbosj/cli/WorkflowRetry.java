package dev.dbosj.cli;

import picocli.CommandLine.Command;

/** The same as {@code dlq redrive}, where people look for it. */
@Command(
        name = "retry",
        description = "Lets workflows that have failed be tried again where they failed, as 'dlq redrive' does: those of"
                + " the ids, or all that meet the conditions. They are the dead letters; what ended in ERROR was to be"
                + " tried once, and stays as it is.")
final class WorkflowRetry extends DeadLetterRedrive {
    WorkflowRetry(Console console, Database database) {
        super(console, database);
    }

    @Override
    String verb() {
        return "retry";
    }
}
