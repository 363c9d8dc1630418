package dev.dbosj.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A command in a terminal of 100 columns, whose screen is looked at and whose keys are pressed. */
final class PseudoTerminal implements AutoCloseable {
    static final String CTRL_C = "\u0003";

    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final int MINUTES_AT_MOST = 2;

    private final Process process;
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private int seen;

    private PseudoTerminal(Process process) {
        this.process = process;
        CompletableFuture.delayedExecutor(MINUTES_AT_MOST, TimeUnit.MINUTES).execute(process::destroyForcibly);
    }

    /** Types a command of ours. Of this process's environment it has what a terminal needs, and what is named. */
    static PseudoTerminal type(String command, Map<String, String> environment) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java");
        var options = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED";
        var classes = System.getProperty("java.class.path");
        return typeLine(
                "'%s' %s -cp '%s' %s %s".formatted(java, options, classes, Main.class.getName(), command), environment);
    }

    /** Types a line for the shell. */
    static PseudoTerminal typeLine(String line, Map<String, String> environment) throws IOException {
        assumeTrue(Files.isExecutable(SCRIPT), "there is no pseudo-terminal: install util-linux");
        // Whoever runs the build in the background may ignore interrupts, and children inherit that.
        var builder = new ProcessBuilder("/usr/bin/env", "--default-signal=INT", SCRIPT.toString(), "-qec", line, "/dev/null")
                .redirectErrorStream(true);
        builder.environment().putAll(Map.of("COLUMNS", "100", "LC_ALL", "C.UTF-8", "TERM", "xterm"));
        builder.environment().keySet().removeAll(Set.of("NO_COLOR", Password.VARIABLE));
        builder.environment().putAll(environment);
        return new PseudoTerminal(builder.start());
    }

    /** Waits until something appears behind what was waited for before. */
    PseudoTerminal sees(String pattern) throws IOException {
        var wanted = Pattern.compile(pattern);
        var buffer = new byte[8192];
        while (true) {
            var found = wanted.matcher(screen());
            if (found.find(seen)) {
                seen = found.end();
                return this;
            }
            int count = process.getInputStream().read(buffer);
            if (count < 0) throw new AssertionError("'%s' was not seen:%n%s".formatted(pattern, screen()));
            shown.write(buffer, 0, count);
        }
    }

    PseudoTerminal press(String keys) throws IOException {
        process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        return this;
    }

    /** Waits for its end. @return all that was on the screen */
    String ends(int code) throws IOException {
        process.getInputStream().transferTo(shown);
        assertThat(process.onExit().join().exitValue()).as(screen()).isEqualTo(code);
        return screen();
    }

    private String screen() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
