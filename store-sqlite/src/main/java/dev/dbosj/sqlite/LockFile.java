package dev.dbosj.sqlite;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An empty file that processes lock. The operating system drops all locks of a process on a file when the process
 * closes any descriptor of it: there must be one of these for each file in a process.
 */
final class LockFile implements AutoCloseable {
    private final Path path;
    private volatile FileChannel channel;

    LockFile(Path path) throws IOException {
        this.path = path;
        this.channel = open();
    }

    private FileChannel open() throws IOException {
        return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /**
     * Waits for the file; the caller makes sure that no other thread of this process does. An interrupt does not end
     * the wait, and is kept for the caller.
     */
    FileLock lock() throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                interrupted |= Thread.interrupted();
                try {
                    return channel.lock();
                } catch (FileLockInterruptionException interrupt) {
                    channel = open(); // Java has closed the old one; nothing was locked through it
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    /** Locks one byte for this process alone, or returns null if another has it. */
    FileLock tryLock(long position) throws IOException {
        return channel.tryLock(position, 1, false);
    }

    /** Locks one byte as a look at it: any number of processes may look at once. Null if one holds it alone. */
    FileLock tryLook(long position) throws IOException {
        return channel.tryLock(position, 1, true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
