package dev.dbosj.examples.queueworker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The program as it was packaged, in a process of its own. */
final class Program implements AutoCloseable {
    private static final Path TARGET = Path.of(System.getProperty("queueworker.target"));
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LOOK_MILLIS = 10;

    private final Process process;
    private final Path output;

    private Program(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** Starts it with its database in a folder. */
    static Program start(Path home, String... arguments) throws IOException {
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
        var process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        return new Program(process, output);
    }

    /** The page's address, once it is served. */
    URI address() throws Exception {
        return URI.create(await("The page: (http://\\S+)").group(1));
    }

    /** Waits until it has said something. */
    MatchResult await(String pattern) throws Exception {
        var wanted = Pattern.compile(pattern);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var said = output();
            var found = wanted.matcher(said);
            if (found.find()) return found.toMatchResult();
            assertThat(System.nanoTime()).as("has not said '%s' but: %s", pattern, said).isLessThan(deadline);
            Thread.sleep(LOOK_MILLIS);
        }
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    /** The lines that its steps have written, without the ids of the workflows. */
    List<String> steps() throws IOException {
        return output().lines()
                .filter(line -> line.contains("Step"))
                .map(line -> line.replaceAll("^\\S+ +", ""))
                .toList();
    }

    /** SIGKILL: nothing of the program runs after this. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM, which does what Ctrl-C does. */
    void stop() {
        process.destroy();
    }

    int awaitExit() throws InterruptedException, IOException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("ended; it said: %s", output()).isTrue();
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        kill();
    }
}
