package dev.dbosj.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs commands as a shell would, two hours east of UTC, and keeps what they say. */
final class Cli {
    /** When every command runs. */
    static final Instant NOW = Instant.parse("2026-05-01T10:00:00Z");

    private static final Clock CLOCK = Clock.fixed(NOW, ZoneId.of("Europe/Berlin"));

    private final Map<String, String> environment = new HashMap<>();
    private String input = "";
    private boolean interactive;
    private Clock clock = CLOCK;
    private Path folder = Path.of("src", "test");
    private int looks = 1;
    private String password;

    record Result(int code, String out, String err) {
        List<String> lines() {
            return out.lines().toList();
        }
    }

    Cli environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Cli database(String url) {
        return environment("DBOS_SYSTEM_DATABASE_URL", url);
    }

    Cli input(String input) {
        this.input = input;
        return this;
    }

    Cli interactive() {
        interactive = true;
        return this;
    }

    /** By the clock of this machine. */
    Cli now() {
        clock = Clock.systemDefaultZone();
        return this;
    }

    /** In that folder. */
    Cli in(Path folder) {
        this.folder = folder;
        return this;
    }

    /** Who watches something is interrupted after so many looks at it. */
    Cli looks(int looks) {
        this.looks = looks;
        return this;
    }

    /** Types that where a password is asked for. */
    Cli types(String password) {
        this.password = password;
        return this;
    }

    private void pause(Duration time) throws InterruptedException {
        if (--looks == 0) throw new InterruptedException("Ctrl-C");
        Thread.sleep(Math.min(5, time.toMillis()));
    }

    Result run(String... arguments) {
        var out = new ByteArrayOutputStream();
        return run(out, arguments);
    }

    Result run(OutputStream out, String... arguments) {
        var err = new ByteArrayOutputStream();
        var terminal = terminal(out, err);
        int code = Main.run(terminal, arguments);
        var text = out instanceof ByteArrayOutputStream kept ? kept.toString(StandardCharsets.UTF_8) : "";
        return new Result(code, text, err.toString(StandardCharsets.UTF_8));
    }

    /** One that nobody writes to. */
    Terminal terminal() {
        return terminal(OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
    }

    private Terminal terminal(OutputStream out, OutputStream err) {
        return new Terminal(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment,
                interactive,
                clock,
                folder,
                this::pause,
                question -> password);
    }
}
