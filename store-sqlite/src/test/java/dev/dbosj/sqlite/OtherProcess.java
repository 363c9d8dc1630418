package dev.dbosj.sqlite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM on the same file, which does what {@link Worker} is told. It never outlives the test. */
final class OtherProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;

    private OtherProcess(Process process) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    static OtherProcess start(Path database, String... act) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                database.toString()));
        command.addAll(List.of(act));
        try {
            return new OtherProcess(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Its next line; fails if it has ended. */
    String answer() throws IOException {
        var line = answers.readLine();
        if (line == null) throw new IOException("the other process has ended");
        return line;
    }

    /** All that it says until it ends. */
    List<String> lastAnswers() {
        return answers.lines().toList();
    }

    /** Lets it go on from where it waits. */
    void proceed() throws IOException {
        process.outputWriter().write('\n');
        process.outputWriter().flush();
    }

    /** Sends STOP or CONT. */
    void signal(String name) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()));
        int status = kill.inheritIO().start().waitFor();
        if (status != 0) throw new IOException("kill -" + name + " ended with " + status);
    }

    /** SIGKILL; returns when it is dead. */
    void kill() {
        process.toHandle().destroyForcibly(); // the process itself would close its answers too
        process.onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
