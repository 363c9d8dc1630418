package dev.dbosj.examples.agent;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A record, outside of the system database, of what was really done, so that it can be audited. Each line is one write
 * to a file that is only appended to: several processes may share it, and killing them loses no line.
 *
 * <p>A line is {@code <epoch milliseconds> <process id> begun|ended <step key> <what>}. Thread-safe.
 */
final class Ledger implements AutoCloseable {
    private static final long PROCESS_ID = ProcessHandle.current().pid();

    private final OutputStream out;

    private Ledger(OutputStream out) {
        this.out = out;
    }

    /** Records nothing. */
    static Ledger none() {
        return new Ledger(OutputStream.nullOutputStream());
    }

    static Ledger appendTo(Path file) throws IOException {
        // Not a FileChannel: interrupting one step would close it for all.
        return new Ledger(new FileOutputStream(file.toFile(), true));
    }

    void begun(String stepKey, String what) {
        write("begun", stepKey, what);
    }

    void ended(String stepKey, String what) {
        write("ended", stepKey, what);
    }

    private void write(String act, String stepKey, String what) {
        var line = "%d %d %s %s %s\n".formatted(
                System.currentTimeMillis(), PROCESS_ID, act, stepKey, what.replaceAll("\\s+", " "));
        try {
            out.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot write the ledger", failure);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
