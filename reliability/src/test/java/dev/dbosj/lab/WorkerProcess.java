package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.simple.SimpleServiceProvider;
import org.sqlite.util.LibraryLoaderUtil;

/** A worker, seen from outside. */
final class WorkerProcess implements AutoCloseable {
    static final int INTERRUPTED = 128 + 2;
    static final int KILLED = 128 + 9;
    static final int TERMINATED = 128 + 15;

    /** Unpacked once for all: the driver would do it at each start, and what is killed cannot delete it again. */
    private static final Path NATIVE_LIBRARY = unpackNativeLibrary();

    private static final Spares SPARES = new Spares(Course.isLong() ? 3 : 0, WorkerProcess::startMachine);

    private static final Duration TIME_TO_DUMP = Duration.ofSeconds(1);

    private final Process process;
    private final Job job;
    private final Path log;
    private final PrintStream commands;
    private final LinkedBlockingQueue<String> answers = new LinkedBlockingQueue<>();

    private WorkerProcess(Process process, Job job, Path log) {
        this.process = process;
        this.job = job;
        this.log = log;
        this.commands = new PrintStream(process.getOutputStream(), true);
        Thread.ofVirtual().start(this::listen);
        Thread.ofVirtual().start(this::copyLog);
    }

    /** Gives the job to a virtual machine like this one. What it logs is appended to the file. */
    static WorkerProcess start(Job job, Path log) {
        var worker = new WorkerProcess(SPARES.take(), job, log);
        worker.tell(String.join("\t", job.arguments()));
        return worker;
    }

    private static Process startMachine() throws IOException {
        var command = new ArrayList<>(List.of(
                // Whoever started this test in the background may have left interrupts ignored, which is inherited.
                "/usr/bin/env", "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m",
                // Or a collection may leave megabytes where they are that nobody needs, and call them used.
                "-XX:MarkSweepDeadRatio=0",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.sqlite.lib.path=" + NATIVE_LIBRARY.getParent(),
                "-Dorg.sqlite.lib.name=" + NATIVE_LIBRARY.getFileName(),
                "-Dslf4j.provider=" + SimpleServiceProvider.class.getName(),
                // Not the settings of the command line, which is on the class path.
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-Dorg.slf4j.simpleLogger.log.dev.dbosj=info",
                "-Dorg.slf4j.simpleLogger.showThreadName=true",
                "-Dorg.slf4j.simpleLogger.showLogName=true",
                "-cp", System.getProperty("java.class.path"), Worker.class.getName()));
        if (Course.isLong()) command.add("spare");
        return new ProcessBuilder(command).start();
    }

    private static Path unpackNativeLibrary() {
        var name = LibraryLoaderUtil.getNativeLibName();
        var file = Path.of("target", "lab", ProcessHandle.current().pid() + "-" + name).toAbsolutePath();
        try (var packed = Worker.class.getResourceAsStream(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name)) {
            Files.createDirectories(file.getParent());
            Files.copy(packed, file, StandardCopyOption.REPLACE_EXISTING);
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader()) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) answers.add(line);
        } catch (IOException ended) {
            answers.add("ENDED " + ended.getMessage());
        }
    }

    private void copyLog() {
        try (var from = process.getErrorStream();
                var to = Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            from.transferTo(to);
        } catch (IOException ended) {
            answers.add("ENDED " + ended.getMessage());
        }
    }

    long pid() {
        return process.pid();
    }

    /** Hands in a command; a worker that is not ready yet does it when it is. */
    void tell(String command) {
        commands.println(command);
    }

    /** Waits for an answer; others that come before it are passed over. */
    void await(String answer, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            var line = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) throw late("should have said " + answer, atMost);
            if (line.equals(answer)) return;
        }
    }

    /** Hands in a command, and waits for an answer that begins so. */
    String ask(String command, String beginning, Duration atMost) throws InterruptedException {
        tell(command);
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            var line = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (line == null) throw late("should have answered " + command, atMost);
            if (line.startsWith(beginning)) return line;
        }
    }

    /** What it was doing instead goes to its log: a virtual machine answers SIGQUIT with its threads. */
    private AssertionError late(String expected, Duration atMost) throws InterruptedException {
        var message = "worker %d (process %d) %s within %s".formatted(job.life(), pid(), expected, atMost);
        try {
            if (process.isAlive()) signal("QUIT");
            Thread.sleep(TIME_TO_DUMP);
            var dump = new ArrayList<String>();
            answers.drainTo(dump);
            Files.write(log, dump, StandardOpenOption.APPEND);
        } catch (IOException failure) {
            throw new AssertionError(message, failure);
        }
        return new AssertionError(message);
    }

    /** Waits for it at most so long, as something that need not come. */
    boolean says(String answer, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        for (var line = ""; line != null; line = answers.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS))
            if (line.equals(answer)) return true;
        return false;
    }

    /** Sends a signal by its name: STOP, CONT, TERM, INT, KILL. */
    void signal(String name) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
        assertThat(kill.waitFor()).as("kill -%s %d", name, pid()).isZero();
    }

    /** SIGSTOP, now. No thread of it runs any more when this returns. */
    void stop() throws IOException, InterruptedException {
        signal("STOP");
        while (!isStopped()) Thread.sleep(1);
    }

    /** The kernel tells one thread, and that one, when its turn comes, all the others. */
    private boolean isStopped() throws IOException {
        try (var threads = Files.list(Path.of("/proc", Long.toString(pid()), "task"))) {
            for (var thread : threads.toList()) {
                var stat = Files.readString(thread.resolve("stat"));
                if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') return false;
            }
            return true;
        } catch (NoSuchFileException ended) {
            return false; // a thread, meanwhile
        }
    }

    /** Waits for the end of the process. @return its exit code */
    int awaitExit(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toNanos(), TimeUnit.NANOSECONDS)) throw late("should have ended", atMost);
        return process.exitValue();
    }

    /** SIGKILL, now. It has ended when this returns. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        assertThat(awaitExit(Duration.ofSeconds(10))).isEqualTo(KILLED);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        commands.close();
    }
}
