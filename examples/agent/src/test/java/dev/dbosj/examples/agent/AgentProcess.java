package dev.dbosj.examples.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The program as it was packaged, in a process of its own, without a key. */
final class AgentProcess implements AutoCloseable {
    private static final Path TARGET = Path.of(System.getProperty("agent.target"));
    private static final Pattern LAST_LINE =
            Pattern.compile("agent turns=(\\d+) tools=(\\d+) earlier=(\\d+) now=(\\d+) seconds=\\d+\\.\\d");
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** What the last line says. */
    record Result(int turns, int tools, int earlier, int now) {}

    private final Process process;
    private final Path output;

    private AgentProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts it with its database in a folder. */
    static AgentProcess start(Path home, String... arguments) throws IOException {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-Ddemo.home=" + home,
                "-cp", TARGET + "/*:" + TARGET.resolve("lib") + "/*",
                Main.class.getName()));
        command.addAll(List.of(arguments));
        var output = Files.createTempFile(home, "output", ".txt");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().remove("OPENAI_API_KEY");
        return new AgentProcess(builder.start(), output);
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGKILL: nothing of the program runs after this. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
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
        var last = LAST_LINE.matcher(output().lines().reduce((former, line) -> line).orElse(""));
        assertThat(last.matches()).as(output()).isTrue();
        return new Result(
                Integer.parseInt(last.group(1)), Integer.parseInt(last.group(2)),
                Integer.parseInt(last.group(3)), Integer.parseInt(last.group(4)));
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
