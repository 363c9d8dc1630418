package dev.dbosj.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The terminal as the command line wants it to be used. */
final class Console {
    private final Terminal terminal;

    @Option(names = "--utc", scope = ScopeType.INHERIT, description = "show and read times in UTC instead of local time")
    private boolean utc;

    @Option(
            names = {"--verbose", "--debug"},
            scope = ScopeType.INHERIT,
            description = "show the stack trace of a failure")
    private boolean verbose;

    Console(Terminal terminal) {
        this.terminal = terminal;
    }

    Terminal terminal() {
        return terminal;
    }

    boolean isVerbose() {
        return verbose;
    }

    Times times() {
        return new Times(utc ? terminal.clock().withZone(ZoneOffset.UTC) : terminal.clock());
    }

    Paint paint() {
        return new Paint(terminal.colours());
    }

    Instant now() {
        return terminal.clock().instant();
    }

    void print(String text) {
        terminal.print(text);
    }

    void print(List<String> lines) {
        lines.forEach(terminal::print);
    }

    /** Says something beside the output; text of a database is made harmless. */
    void complain(String text) {
        terminal.complain(Text.printable(text));
    }

    boolean isInteractive() {
        return terminal.interactive();
    }

    /** Asks a person; anything but y or yes is a no. */
    boolean confirms(String question) {
        terminal.err().print(Text.printable(question) + " [y/N] ");
        terminal.err().flush();
        var answer = terminal.lines().findFirst().orElse("").strip();
        return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
    }
}
