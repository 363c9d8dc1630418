package dev.dbosj.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What all stores of this process share for one database file: the locks beside it. They are opened once, whatever
 * the number of stores, and closed with the last one. The database file itself is never opened here: closing it would
 * drop SQLite's locks on it.
 */
final class DatabaseFile implements AutoCloseable {
    private static final Map<Path, DatabaseFile> OPEN = new HashMap<>();

    private final Path path;
    private final Turnstile turnstile;
    private final ExecutorLocks executors;
    private int users;

    private DatabaseFile(Path path) throws IOException {
        this.path = path;
        this.turnstile = new Turnstile(path);
        this.executors = new ExecutorLocks(path);
    }

    static DatabaseFile open(Path path) throws IOException {
        synchronized (OPEN) {
            var canonical = canonical(path);
            var file = OPEN.get(canonical);
            if (file == null) {
                file = new DatabaseFile(canonical);
                OPEN.put(canonical, file);
            }
            file.users++;
            return file;
        }
    }

    /** One name for one file, whatever links lead to it; it need not exist yet. */
    private static Path canonical(Path path) throws IOException {
        return Files.exists(path) ? path.toRealPath() : path.getParent().toRealPath().resolve(path.getFileName());
    }

    static Path beside(Path database, String suffix) {
        return database.resolveSibling(database.getFileName() + suffix);
    }

    Path path() {
        return path;
    }

    Turnstile turnstile() {
        return turnstile;
    }

    ExecutorLocks executors() {
        return executors;
    }

    @Override
    public void close() throws IOException {
        synchronized (OPEN) {
            if (--users > 0) return;
            OPEN.remove(path);
            try (executors) {
                turnstile.close();
            }
        }
    }
}
