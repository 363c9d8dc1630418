package dev.dbosj.cli;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Shows something once, or again and again. */
final class Watch {
    private static final String HOME = "\u001b[H";
    private static final String TO_END_OF_LINE = "\u001b[K";
    private static final String TO_END_OF_SCREEN = "\u001b[J";

    @Option(
            names = {"-w", "--watch"},
            arity = "0..1",
            paramLabel = "TIME",
            fallbackValue = "2s",
            description = "show it again every so often, in place on a terminal; 2s if no time is given. Ctrl-C ends it.")
    private Duration every;

    boolean isOn() {
        return every != null;
    }

    int show(Console console, Supplier<List<String>> lines) {
        if (every == null) {
            console.print(lines.get());
            return ExitCode.OK;
        }
        try {
            if (console.isInteractive()) console.terminal().write(HOME + TO_END_OF_SCREEN);
            while (true) {
                refresh(console, lines.get());
                console.terminal().pause().of(every.isPositive() ? every : Duration.ofSeconds(1));
            }
        } catch (InterruptedException ended) {
            return ExitCode.INTERRUPTED;
        }
    }

    private static void refresh(Console console, List<String> lines) {
        if (!console.isInteractive()) {
            console.print(lines);
            console.print("");
            return;
        }
        var screen = new StringBuilder(HOME);
        lines.stream().flatMap(String::lines).limit(console.terminal().height() - 1L)
                .forEach(line -> screen.append(line).append(TO_END_OF_LINE).append('\n'));
        console.terminal().write(screen.append(TO_END_OF_SCREEN).toString());
    }
}
