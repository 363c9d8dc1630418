package dev.dbosj.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a script that lets a shell complete command lines. */
@Command(
        name = "completion",
        description = {
            "Prints a script that lets a shell complete command lines.",
            "  bash:  source <(dbos-cli completion bash)",
            "  zsh:   source <(dbos-cli completion zsh)",
            "  fish:  dbos-cli completion fish | source"
        })
final class Completion implements Runnable {
    enum Shell {
        BASH,
        ZSH,
        FISH
    }

    private final Console console;

    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
    private Shell shell;

    @Spec
    private CommandSpec command;

    Completion(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        var root = root(command.commandLine());
        var name = root.getCommandName();
        console.print(switch (shell) {
            // The script notices in which of the two it is.
            case BASH, ZSH -> AutoComplete.bash(name, root).strip();
            case FISH -> FishCompletion.script(root);
        });
    }

    private static CommandLine root(CommandLine line) {
        return line.getParent() == null ? line : root(line.getParent());
    }
}
