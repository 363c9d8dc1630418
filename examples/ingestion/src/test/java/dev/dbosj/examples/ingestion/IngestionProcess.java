package dev.dbosj.examples.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The program as it was packaged, in a process of its own. */
final class IngestionProcess implements AutoCloseable {
    private static final Path TARGET = Path.of(System.getProperty("ingestion.target"));
    private static final Pattern LAST_LINE = Pattern.compile(
            "ingested documents=(\\d+) pages=(\\d+) failed=(\\d+) resumed=(\\d+) here=(\\d+) seconds=\\d+\\.\\d");
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** What the last line says. */
    record Result(int documents, int pages, int failed, int resumed, int here) {
        static Result of(MatchResult line) {
            return new Result(number(line, 1), number(line, 2), number(line, 3), number(line, 4), number(line, 5));
        }

        private static int number(MatchResult line, int group) {
            return Integer.parseInt(line.group(group));
        }
    }

    private final Instant startedAt;
    private final Process process;
    private final Path output;

    private IngestionProcess(Instant startedAt, Process process, Path output) {
        this.startedAt = startedAt;
        this.process = process;
        this.output = output;
    }

    /** Starts it with its files in a folder. */
    static IngestionProcess start(Path home, String... arguments) throws IOException {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Ddemo.home=" + home,
                "-Ddemo.corpus=" + TARGET.resolve("corpus"),
                "-cp", TARGET + "/*:" + TARGET.resolve("lib") + "/*",
                Main.class.getName()));
        command.addAll(List.of(arguments));
        var output = Files.createTempFile(home, "output", ".txt");
        var startedAt = Instant.now();
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        return new IngestionProcess(startedAt, process, output);
    }

    long pid() {
        return process.pid();
    }

    Instant startedAt() {
        return startedAt;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL: nothing of the program runs after this. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGSTOP: it stands still where it is. */
    void suspend() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** SIGCONT. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start().waitFor();
    }

    /** SIGTERM, which does what Ctrl-C does. */
    void interrupt() {
        process.destroy();
    }

    int awaitExit() throws InterruptedException, IOException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("ended; it said: %s", output()).isTrue();
        return process.exitValue();
    }

    /** Waits for the end and reads the last line. */
    Result awaitResult() throws InterruptedException, IOException {
        assertThat(awaitExit()).as(output()).isZero();
        var lines = Files.readAllLines(output);
        var last = LAST_LINE.matcher(lines.getLast());
        assertThat(last.matches()).as(lines.getLast()).isTrue();
        return Result.of(last);
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
