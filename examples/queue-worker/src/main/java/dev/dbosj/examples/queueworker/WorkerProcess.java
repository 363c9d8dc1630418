package dev.dbosj.examples.queueworker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A worker beside the web server, in a process of its own, so that it can be killed alone. */
final class WorkerProcess implements AutoCloseable {
    /** The option that names the process with which the worker ends. */
    static final String END_WITH = "--end-with";

    private static final int PATIENCE_SECONDS = 10;

    private final Process process;
    private volatile boolean closing;

    private WorkerProcess(Process process) {
        this.process = process;
    }

    /** Starts a worker that ends with this process, however that ends. */
    static WorkerProcess start(WorkerSettings settings) throws IOException {
        var command = new ArrayList<String>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"),
                Main.class.getName(),
                END_WITH + "=" + ProcessHandle.current().pid()));
        command.addAll(settings.arguments());
        return new WorkerProcess(new ProcessBuilder(command).inheritIO().start());
    }

    long pid() {
        return process.pid();
    }

    /** Runs the action when the worker ends, unless this process has ended it. */
    void onDeath(Runnable action) {
        process.onExit().thenRun(() -> {
            if (!closing) action.run();
        });
    }

    /** Lets it finish its steps and hand back its workflows, for others to go on with at once. */
    @Override
    public void close() {
        closing = true;
        process.destroy();
        try {
            if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) return;
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
