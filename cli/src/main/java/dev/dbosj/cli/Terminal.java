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
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Where a command runs: what it may read, where it writes, and who looks at it. All text is UTF-8, whatever the locale:
 * an id must come out as it went in.
 *
 * @param interactive whether a person looks at the output
 * @param clock now, and the local time zone
 * @param folder where a database is looked for if none is named
 * @param pause how time passes between two looks
 * @param secret how a person is asked for what nobody else is to see
 */
record Terminal(
        InputStream in,
        OutputStream out,
        PrintStream err,
        Map<String, String> environment,
        boolean interactive,
        Clock clock,
        Path folder,
        Pause pause,
        Secret secret) {

    /** Lets time pass. */
    interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    /** Asks a person for what is not to be seen while it is typed. */
    interface Secret {
        /** @return null if nobody can be asked, or has nothing to say */
        String ask(String question);
    }

    private static final int DEFAULT_WIDTH = 120;
    private static final int DEFAULT_HEIGHT = 50;
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
                Clock.systemDefaultZone(),
                Path.of(""),
                Thread::sleep,
                Terminal::ask);
    }

    private static String ask(String question) {
        var console = System.console();
        var typed = console == null ? null : console.readPassword("%s", question);
        return typed == null ? null : new String(typed);
    }

    /**
     * Writes lines at once, so that in a pipe each is seen when it is true. A reader that has left, as {@code head}
     * does, has seen enough: that is no failure.
     */
    void print(String text) {
        write(text + "\n");
    }

    /** The same without ending the line. */
    void write(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
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

    /** How many columns a line may take. The launcher asks the terminal, and says so in the environment. */
    int width() {
        return number("COLUMNS", DEFAULT_WIDTH, LEAST_WIDTH);
    }

    /** How many lines can be seen at once. */
    int height() {
        return number("LINES", DEFAULT_HEIGHT, 2);
    }

    private int number(String variable, int otherwise, int least) {
        try {
            return Math.clamp(Integer.parseInt(environment.getOrDefault(variable, "")), least, MOST_WIDTH);
        } catch (NumberFormatException unset) {
            return otherwise;
        }
    }

    /** Whether colours are welcome; see no-color.org. */
    boolean colours() {
        return interactive
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(environment.get("TERM"));
    }
}
