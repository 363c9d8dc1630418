package dev.dbosj.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * What really happened, kept outside of the database: one file that all processes append to, one line in one write, so
 * that a line is there or is not, whatever kills the process. The order of lines is the order of events.
 */
final class Ledger implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(10);

    private final int life;
    // Not a channel: an interrupted step would close it.
    private final FileOutputStream out;

    // Lines are only ever added: each look reads what is new.
    private final RandomAccessFile in;
    private final List<Entry> seen = new ArrayList<>();

    private Ledger(Path file, int life) throws IOException {
        this.life = life;
        this.out = new FileOutputStream(file.toFile(), true);
        this.in = new RandomAccessFile(file.toFile(), "r");
    }

    static Ledger append(Path file, int life) {
        try {
            return new Ledger(file, life);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Writes a line of this process about a step. */
    void write(Entry.Kind kind, String workflowId, int step, String name, int attempt, String detail) {
        write(kind, ProcessHandle.current().pid(), workflowId, step, name, attempt, detail);
    }

    /** Writes that a process is about to be killed: others may know that it has ended before we do. */
    void doomed(long pid) {
        write(Entry.Kind.DOOMED, pid, "", 0, "", 0, "");
    }

    /** Writes that a process was ended, when it is certain that it has. */
    void fault(long pid, String how) {
        write(Entry.Kind.FAULT, pid, "", 0, "", 0, how);
    }

    /** Writes that a process was stopped. */
    void stopped(long pid) {
        write(Entry.Kind.STOPPED, pid, "", 0, "", 0, "");
    }

    /** Writes that it is about to go on. */
    void continued(long pid) {
        write(Entry.Kind.CONTINUED, pid, "", 0, "", 0, "");
    }

    /** Writes a line about a step in any process. */
    void write(
            Entry.Kind kind, long pid, String workflowId, int step, String name, int attempt, String detail) {
        write(new Entry(System.nanoTime(), kind, life, pid, workflowId, step, name, attempt, detail));
    }

    /** Writes a line, whenever it was made. */
    void write(Entry entry) {
        try {
            out.write(entry.line().getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Everything so far. */
    List<Entry> read() {
        synchronized (seen) {
            try {
                var fresh = new byte[(int) (in.length() - in.getFilePointer())];
                in.readFully(fresh);
                int whole = fresh.length;
                while (whole > 0 && fresh[whole - 1] != '\n') whole--;
                in.seek(in.getFilePointer() - (fresh.length - whole));
                new String(fresh, 0, whole, StandardCharsets.UTF_8).lines().map(Entry::parse).forEach(seen::add);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return List.copyOf(seen);
        }
    }

    /** Whether a process that has ended was in the body of a step: nobody else finished it. */
    boolean diedInBody(long pid) {
        int begun = 0;
        for (var entry : read()) {
            if (entry.pid() != pid) continue;
            switch (entry.kind()) {
                case BEGIN -> begun++;
                case END, FAIL, INTERRUPTED -> begun--;
                default -> { }
            }
        }
        return begun > 0;
    }

    /** Waits for an entry, and returns the first of them. */
    Entry await(String what, Duration atMost, Predicate<Entry> which) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (true) {
            var found = read().stream().filter(which).findFirst();
            if (found.isPresent()) return found.get();
            assertThat(System.nanoTime()).as("time at which the ledger says: %s", what).isLessThan(deadline);
            Thread.sleep(POLL);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
            in.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
