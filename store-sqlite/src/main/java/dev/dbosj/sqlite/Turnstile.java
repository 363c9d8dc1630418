package dev.dbosj.sqlite;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes the writers of one file take turns. SQLite's own lock is taken by whoever tries at the right moment, so a
 * process that commits all the time would starve every other: whoever is next waits alone at the second lock, and the
 * one that has just written has to queue up again behind it at the first.
 */
final class Turnstile implements AutoCloseable {
    private final ReentrantLock inside = new ReentrantLock(true);
    private final LockFile next;
    private final LockFile writer;
    private FileLock turn;

    Turnstile(Path database) throws IOException {
        next = new LockFile(DatabaseFile.beside(database, "-next"));
        writer = new LockFile(DatabaseFile.beside(database, "-writer"));
    }

    /** Waits for this thread's turn. */
    void enter() throws IOException {
        inside.lock();
        try {
            var place = next.lock();
            try {
                turn = writer.lock();
            } finally {
                place.release();
            }
        } catch (IOException | RuntimeException | Error failure) {
            inside.unlock();
            throw failure;
        }
    }

    /** Ends this thread's turn. */
    void leave() throws IOException {
        var ended = turn;
        turn = null;
        try {
            ended.release();
        } finally {
            inside.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        try (next) {
            writer.close();
        }
    }
}
