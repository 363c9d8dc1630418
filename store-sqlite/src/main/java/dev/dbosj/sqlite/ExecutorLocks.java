package dev.dbosj.sqlite;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;

/**
 * Shows which executors' processes live: each holds one byte of {@code <database>-executors}. The system drops the
 * lock of a process that ends, however it ends, and keeps that of one that is only stopped.
 */
final class ExecutorLocks implements AutoCloseable {
    private final LockFile file;

    ExecutorLocks(Path database) throws IOException {
        file = new LockFile(DatabaseFile.beside(database, "-executors"));
    }

    /** Holds the byte of a new executor until it is released or the process ends. */
    synchronized FileLock hold(long number) throws IOException {
        var lock = file.tryLock(number);
        if (lock == null) throw new IOException("another process holds byte " + number + " of the executors' locks");
        return lock;
    }

    /** Whether nobody holds the byte. Only one thread may look at a time: another's look would seem to hold it. */
    synchronized boolean isFree(long number) throws IOException {
        try (var look = file.tryLook(number)) {
            return look != null;
        } catch (OverlappingFileLockException held) {
            return false; // by an executor of this very process
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
