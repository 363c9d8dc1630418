package dev.dbosj.cli;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where a command runs: what it may read, where it writes, and who looks at it. All text is UTF-8, whatever the locale:
 * an id must come out as it went in.
 *
 * @param interactive whether a person looks at the output
 * @param clock now, and the local time zone
 */
record Terminal(
        InputStream in,
        OutputStream out,
        PrintStream err,
        Map<String, String> environment,
        boolean interactive,
        Clock clock) {

    private static final int DEFAULT_WIDTH = 120;
    private static final int LEAST_WIDTH = 40;
    private static final int MOST_WIDTH = 10_000;

    /** The terminal of this process. */
    static Terminal system() {
        // Some releases of Java have another console, which also claims to be there when the output is a file.
        System.setProperty("jdk.console", "java.base");
        return new Terminal(
                System.in,
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                System.getenv(),
                System.console() != null,
                Clock.systemDefaultZone());
    }

    /**
     * Writes lines at once, so that in a pipe each is seen when it is true. A reader that has left, as {@code head}
     * does, has seen enough: that is no failure.
     */
    void print(String text) {
        try {
            out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException failure) {
            if (isBrokenPipe(failure)) return;
            throw new UncheckedIOException("the output cannot be written: " + failure.getMessage(), failure);
        }
    }

    /** Says something beside the output: what failed, or what a person may want to know. */
    void complain(String text) {
        err.println(text);
    }

    // The text is the operating system's, and the only trace of the reason that Java keeps.
    private static boolean isBrokenPipe(IOException failure) {
        return failure.getMessage() != null && failure.getMessage().toLowerCase(Locale.ROOT).contains("pipe");
    }

    /** The lines of the input, as they come. */
    Stream<String> lines() {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines();
    }

    /** How many columns a line may take. */
    int width() {
        try {
            return Math.clamp(Integer.parseInt(environment.getOrDefault("COLUMNS", "")), LEAST_WIDTH, MOST_WIDTH);
        } catch (NumberFormatException unset) {
            return DEFAULT_WIDTH;
        }
    }

    /** Whether colours are welcome; see no-color.org. */
    boolean colours() {
        return interactive
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
    }
}
